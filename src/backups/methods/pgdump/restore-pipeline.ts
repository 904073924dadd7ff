import {sleep} from '../../../units/clock.ts'
import {SealError} from '../../encryption/open.ts'
import {startTool} from '../../../processes/tool.ts'
import {feed} from '../../compression/feed.ts'
import {findDecompressor} from '../../compression/zstd.ts'

export interface RestorePipelineOptions {
  /** Compressed, already decrypted bytes; its pieces are given away. */
  readonly source: AsyncIterable<Uint8Array>
  /** The program that reads the decompressed dump from its standard input. */
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly onLine?: (line: string) => void
  /** The program may have all that it needs before the end, such as the list of an archive. */
  readonly early?: boolean
}

/** How long a program may take to say why it broke off, after its neighbour noticed that it did. */
const LAST_WORDS_MS = 1000

/**
 * source → zstd -d → program. Raises the first cause: what was wrong with the bytes, else why their stream broke off, else
 * what the program said. A program complains of too few bytes as well when it was zstd that died.
 */
export async function restorePipeline(options: RestorePipelineOptions): Promise<void> {
  const own = new AbortController()
  const signal = AbortSignal.any([options.signal, own.signal])
  const decompress = await findDecompressor()
  const reader = startTool(options.argv, {
    stdin: 'pipe',
    stdout: 'none',
    signal,
    ...(options.env === undefined ? {} : {env: options.env}),
    ...(options.onLine === undefined ? {} : {onLine: options.onLine}),
  })
  if (reader.stdin === undefined) throw new Error('the program has no standard input')
  const compression = decompress(reader.stdin, signal)
  const feeding = feed(options.source, compression.input)
  const said: {stream?: unknown; program?: unknown} = {}
  compression.ended.catch((error: unknown) => (said.stream = error))
  reader.ended.catch((error: unknown) => (said.program = error))
  try {
    await Promise.all([feeding, compression.ended, reader.ended])
  } catch (first) {
    if (options.early === true && !(first instanceof SealError) && (await endedWell(reader.ended))) {
      own.abort()
      await compression.stop()
      options.signal.throwIfAborted()
      return
    }
    const others = Promise.allSettled([reader.ended, compression.ended])
    if (!(first instanceof SealError))
      await Promise.race([others, sleep(LAST_WORDS_MS, options.signal).catch(() => undefined)])
    const broken = said.stream !== undefined && !isEffect(said.stream) ? said.stream : undefined
    const cause = first instanceof SealError ? first : (broken ?? said.program ?? first)
    own.abort()
    await Promise.all([reader.stop(), compression.stop()])
    options.signal.throwIfAborted()
    throw cause
  }
}

const endedWell = (ended: Promise<void>): Promise<boolean> =>
  ended.then(
    () => true,
    () => false,
  )

/** Whether it is what a stage says whose reader has gone: never a cause. */
const isEffect = (error: unknown): boolean =>
  /SIGPIPE|EPIPE|broken pipe|ECONNRESET|connection reset|premature|destroyed/i.test(String(error))
