/** Smaller ones are not worth it, and may be parts of memory that Node shares between many. */
const LEAST = 16 * 1024

/**
 * Frees the memory of bytes that nobody uses any more, at once: they are empty afterwards. Left to the garbage collector,
 * the gigabytes that pass through a backup cost it a third of its time and stand about by the fifty megabytes. Only what
 * is the whole of its memory is freed.
 */
export function giveBack(bytes: Uint8Array): void {
  const {buffer} = bytes
  if (bytes.byteLength < LEAST || bytes.byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return
  buffer.transfer(0)
}

/** Pieces on loan: each is given back when the next one is asked for. */
export async function* lent(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece
    giveBack(piece)
  }
}
