import {createHash} from 'node:crypto'
import type {UnfinishedFile} from '../storage/storage.ts'
import {createSealer} from './seal.ts'

/** Encrypts a stream into a file; the digest is taken of the stored bytes on their way. Neither commits nor aborts. */
export async function sealInto(
  file: UnfinishedFile,
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  recipients: readonly string[],
): Promise<{sha256: string; storedBytes: number}> {
  const sealer = await createSealer(recipients)
  const writer = hashingWriter(file)
  await writer.add([sealer.head])
  for await (const piece of source) await writer.add(sealer.update(piece))
  await writer.add(sealer.finish())
  return writer.end()
}

const WRITE = 1024 * 1024

/** Gathers a megabyte, then writes it while the next one is being gathered. */
function hashingWriter(file: UnfinishedFile): {
  add(bytes: readonly Buffer[]): Promise<void>
  end(): Promise<{sha256: string; storedBytes: number}>
} {
  const hash = createHash('sha256')
  let storedBytes = 0
  let pieces: Buffer[] = []
  let held = 0
  let writing: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    const whole = Buffer.concat(pieces)
    pieces = []
    held = 0
    hash.update(whole)
    storedBytes += whole.length
    await writing
    writing = file.write(whole)
    // Its failure is seen by the next await; without this line Node would end the process before that.
    writing.catch(() => undefined)
  }
  return {
    async add(bytes) {
      for (const piece of bytes) {
        pieces.push(piece)
        held += piece.length
      }
      if (held >= WRITE) await flush()
    },
    async end() {
      await flush()
      await writing
      return {sha256: hash.digest('hex'), storedBytes}
    },
  }
}
