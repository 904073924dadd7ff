import {pipeline} from 'node:stream'
import {sealInto} from '../../encryption/seal-into.ts'
import {lent} from '../../give-back.ts'
import type {UnfinishedFile} from '../../storage/storage.ts'
import {startTool} from '../../../processes/tool.ts'
import {compressor} from '../../compression/zstd.ts'

export interface DumpOptions {
  /** Of pg_dump: the server of the snapshot, and how to log in there. */
  readonly environment: Readonly<Record<string, string>>
  /** Path of pg_dump. */
  readonly program: string
  /** Exported snapshot that makes the dump show the same moment as the manifest's measurements. */
  readonly snapshot: string
  /** More of its arguments. */
  readonly more?: readonly string[]
  readonly recipients: readonly string[]
  readonly file: UnfinishedFile
  readonly signal: AbortSignal
  readonly progress: (plainBytes: number) => void
  /** Called once, at the first bytes of pg_dump: it has its session. */
  readonly connected: () => void
  readonly log: (line: string) => void
}

export interface DumpResult {
  readonly sha256: string
  readonly storedBytes: number
  /** Undefined (null) when this zstd does not say. */
  readonly plainBytes: number | null
  readonly compression: string
}

const PROGRESS_MS = 250

/** pg_dump's arguments. Compression is zstd's work: pg_dump's own gzip takes three times as long. */
export const dumpArguments = (snapshot: string): readonly string[] => [
  '--format=custom',
  '--compress=0',
  '--no-password',
  `--snapshot=${snapshot}`,
]

/**
 * pg_dump → zstd → age → file, without a plain byte on disk. The digest is taken of the stored bytes on their way.
 * Every stage must end well: a dump whose pg_dump failed at the very end would decrypt and decompress perfectly.
 */
export async function streamDump(options: DumpOptions): Promise<DumpResult> {
  const own = new AbortController()
  const signal = AbortSignal.any([options.signal, own.signal])
  const compression = await compressor(signal)
  const dump = startTool([options.program, ...dumpArguments(options.snapshot), ...(options.more ?? [])], {
    env: options.environment,
    stdin: 'none',
    stdout: compression.outside ? compression.input : 'pipe',
    signal,
    onLine: options.log,
  })
  if (dump.stdout !== undefined) pipeline(dump.stdout, compression.input, () => undefined)
  const ticker = setInterval(() => options.progress(compression.plainBytes() ?? 0), PROGRESS_MS)
  try {
    const stored = await sealInto(
      options.file,
      telling(lent(compression.output), options.connected),
      options.recipients,
    )
    await Promise.all([dump.ended, compression.ended])
    options.signal.throwIfAborted()
    return {...stored, plainBytes: compression.plainBytes() ?? null, compression: compression.name}
  } catch (error) {
    // The first cause is pg_dump's own, when it has one: what follows a broken pipe is only noise.
    own.abort()
    await Promise.allSettled([dump.stop(), compression.stop()])
    options.signal.throwIfAborted()
    throw error
  } finally {
    clearInterval(ticker)
  }
}

/** The same pieces; says when the first one is there. */
async function* telling<T>(pieces: AsyncIterable<T>, first: () => void): AsyncGenerator<T> {
  let told = false
  for await (const piece of pieces) {
    if (!told) first()
    told = true
    yield piece
  }
}
