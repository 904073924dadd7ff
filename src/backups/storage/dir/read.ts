import {type FileHandle, open} from 'node:fs/promises'

const PIECE = 1024 * 1024

/** A file from `offset` to its end, in two pieces of memory: one is read while the other is being used. */
export async function* readFile(
  path: string,
  {offset = 0, signal}: {readonly offset?: number; readonly signal?: AbortSignal},
): AsyncGenerator<Uint8Array> {
  const file = await open(path)
  const memory = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)] as const
  let at = offset
  let reading = readAt(file, memory[0], at)
  try {
    for (let turn = 0; ; turn += 1) {
      signal?.throwIfAborted()
      const piece = await reading
      if (piece.length === 0) return
      at += piece.length
      reading = readAt(file, turn % 2 === 0 ? memory[1] : memory[0], at)
      yield piece
    }
  } finally {
    await reading.catch(() => undefined)
    await file.close()
  }
}

function readAt(file: FileHandle, memory: Buffer, at: number): Promise<Buffer> {
  const reading = file.read(memory, 0, memory.length, at).then(({bytesRead}) => memory.subarray(0, bytesRead))
  // Its failure is seen when it is waited for, which may be later.
  reading.catch(() => undefined)
  return reading
}
