import {createHash} from 'node:crypto'
import {pipeline, Readable} from 'node:stream'
import {sealInto} from '../encryption/seal-into.ts'
import {lent} from '../give-back.ts'
import type {UnfinishedFile} from '../storage/storage.ts'
import {compressor} from './zstd.ts'

/** What came of plain bytes that were compressed and sealed into a file. */
export interface SealedStream {
  readonly sha256: string
  readonly storedBytes: number
  readonly plainBytes: number
  readonly plainSha256: string
  readonly compression: string
}

/** Plain bytes of this process → zstd → age → file; none of them touches the disk. Neither commits nor aborts. */
export async function sealStream(
  source: AsyncIterable<Uint8Array>,
  into: {readonly file: UnfinishedFile; readonly recipients: readonly string[]},
  {signal, progress}: {readonly signal: AbortSignal; readonly progress: (plainBytes: number) => void},
): Promise<SealedStream> {
  const own = new AbortController()
  const compression = await compressor(AbortSignal.any([signal, own.signal]))
  const hash = createHash('sha256')
  let plainBytes = 0
  let fault: unknown
  async function* counted(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of source) {
        hash.update(piece)
        plainBytes += piece.byteLength
        progress(plainBytes)
        yield piece
      }
    } catch (error) {
      fault = error
      throw error
    }
  }
  // A source that fails must not look like one that ended: what it said comes before the effects.
  pipeline(Readable.from(counted(), {objectMode: false, highWaterMark: 1024 * 1024}), compression.input, error => {
    if (error !== undefined && error !== null) {
      fault ??= error
      own.abort()
      compression.output.destroy(error)
    }
  })
  compression.ended.catch(() => undefined)
  try {
    const stored = await sealInto(into.file, lent(compression.output), into.recipients)
    await compression.ended
    signal.throwIfAborted()
    if (fault !== undefined) throw fault
    return {...stored, plainBytes, plainSha256: hash.digest('hex'), compression: compression.name}
  } catch (error) {
    own.abort()
    await compression.stop()
    signal.throwIfAborted()
    throw fault ?? error
  }
}
