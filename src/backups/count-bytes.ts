/** Passes bytes on and says how many went by. */
export async function* countBytes(
  source: AsyncIterable<Uint8Array>,
  progress: (done: number) => void,
): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const piece of source) {
    done += piece.byteLength
    progress(done)
    yield piece
  }
}
