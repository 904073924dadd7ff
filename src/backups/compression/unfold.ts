import {SealError} from '../encryption/open.ts'
import {feed} from './feed.ts'
import {decompressor} from './zstd.ts'

/** The plain bytes of an opened copy. Raises what was wrong with its bytes first, else why they do not unfold. */
export async function* unfold(copy: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Buffer> {
  const own = new AbortController()
  const compression = await decompressor(AbortSignal.any([signal, own.signal]))
  let fault: unknown
  const feeding = feed(copy, compression.input).catch((error: unknown) => {
    fault = error
    compression.input.destroy()
    compression.output.destroy()
  })
  compression.ended.catch(() => undefined)
  try {
    for await (const piece of compression.output) yield piece as Buffer
    await feeding
    if (fault !== undefined) throw fault
    await compression.ended
  } catch (error) {
    signal.throwIfAborted()
    if (fault instanceof SealError || (fault !== undefined && error !== fault)) throw fault
    throw await compression.ended.then(
      () => error,
      (said: unknown) => said,
    )
  } finally {
    own.abort()
    await compression.stop()
  }
}
