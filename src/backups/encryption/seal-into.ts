import {createHash} from 'node:crypto'
import {giveBack} from '../give-back.ts'
import type {UnfinishedFile} from '../storage/storage.ts'
import {createSealer} from './seal.ts'

/** Encrypts a stream into a file; the digest is taken of the stored bytes on their way. Neither commits nor aborts. */
export async function sealInto(
  file: UnfinishedFile,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
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

/** Gathers a megabyte, then writes it while the next one is being gathered, in the same two pieces of memory all along. */
function hashingWriter(file: UnfinishedFile): {
  /** The bytes are given away. */
  add(bytes: readonly Buffer[]): Promise<void>
  end(): Promise<{sha256: string; storedBytes: number}>
} {
  const hash = createHash('sha256')
  let storedBytes = 0
  let [gathering, written] = [Buffer.allocUnsafeSlow(WRITE), Buffer.allocUnsafeSlow(WRITE)]
  let held = 0
  let writing: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    const whole = gathering.subarray(0, held)
    hash.update(whole)
    storedBytes += held
    await writing
    writing = file.write(whole)
    // Its failure is seen by the next await; without this line Node would end the process before that.
    writing.catch(() => undefined)
    ;[gathering, written] = [written, gathering]
    held = 0
  }
  return {
    async add(bytes) {
      for (const piece of bytes) {
        for (let at = 0; at < piece.length; ) {
          const taken = piece.copy(gathering, held, at)
          at += taken
          held += taken
          if (held === WRITE) await flush()
        }
        giveBack(piece)
      }
    },
    async end() {
      await flush()
      await writing
      return {sha256: hash.digest('hex'), storedBytes}
    },
  }
}
