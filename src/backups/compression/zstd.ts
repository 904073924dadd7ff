import {readFileSync} from 'node:fs'
import {pipeline, type Readable, Transform, type Writable} from 'node:stream'
import zlib from 'node:zlib'
import {findOnPath} from '../methods/pgdump/binaries.ts'
import {startTool} from '../../processes/tool.ts'

/** The unfolding half of a stream. */
export interface Decompressor {
  readonly input: Writable
  readonly output: Readable
  /** Raises when the bytes are not a whole zstd frame. */
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

/** The shrinking half. */
export interface Compressor {
  readonly input: Writable
  /** The input is another program's: a tool can be given it as its standard output. */
  readonly outside: boolean
  readonly output: Readable
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
  /** For the manifest. */
  readonly name: string
  /** Bytes taken in so far; exact after the end. Undefined when nobody counts. */
  readonly plainBytes: () => number | undefined
}

const LEVEL = 3
/** Node's own zstd is slow with small pieces: 7 s against 4 s for 340 MB. */
const PIECE = 1024 * 1024

const NAME = `zstd -${LEVEL}`

/**
 * Compression by the zstd program beside us when there is one: the dump then goes from pg_dump to zstd without passing
 * through this process, and uses other cores. Else by Node's own zstd, in this process.
 */
export async function compressor(signal: AbortSignal): Promise<Compressor> {
  const program = await findOnPath('zstd')
  if (program === undefined) return compressHere()
  let counted: number | undefined
  // Two workers, not -T0: a backup should not take every core of the database's host. -vv says exact sizes at the end.
  const tool = startTool([program, `-${LEVEL}`, '-T2', '-vv', '--no-progress', '-c'], {
    stdin: 'pipe',
    stdout: 'pipe',
    signal,
    onLine: line => {
      const sizes = /\(\s*(\d+) B =>\s*\d+ B/.exec(line)
      if (sizes !== null) counted = Number(sizes[1])
    },
  })
  if (tool.stdin === undefined || tool.stdout === undefined) throw new Error('zstd has no pipes')
  return {
    input: tool.stdin,
    outside: true,
    output: tool.stdout,
    ended: tool.ended,
    stop: tool.stop,
    name: NAME,
    plainBytes: () => counted ?? bytesRead(tool.pid),
  }
}

/** What a process has read so far, where the kernel tells. */
function bytesRead(pid: number | undefined): number | undefined {
  try {
    const [, count] = /^rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8')) ?? []
    return count === undefined ? undefined : Number(count)
  } catch {
    return undefined
  }
}

function compressHere(): Compressor {
  let counted = 0
  const stage = inside(zlib.createZstdCompress({params: {[zlib.constants.ZSTD_c_compressionLevel]: LEVEL}}))
  const input = new Transform({
    transform(piece: Buffer, _encoding, done) {
      counted += piece.length
      done(null, piece)
    },
  })
  pipeline(input, stage.input, () => undefined)
  return {
    input,
    outside: false,
    output: stage.output,
    ended: stage.ended,
    stop: stage.stop,
    name: NAME,
    plainBytes: () => counted,
  }
}

const UNFOLD = ['-d', '-q', '-c'] as const

export async function decompressor(signal: AbortSignal): Promise<Decompressor> {
  const program = await findOnPath('zstd')
  if (program === undefined) return inside(zlib.createZstdDecompress())
  const tool = startTool([program, ...UNFOLD], {stdin: 'pipe', stdout: 'pipe', signal})
  if (tool.stdin === undefined || tool.stdout === undefined) throw new Error('zstd has no pipes')
  return {input: tool.stdin, output: tool.stdout, ended: tool.ended, stop: tool.stop}
}

/**
 * The same into the standard input of another tool: with the zstd program no plain byte passes through this process. It
 * begins without a pause, for a tool that has died meanwhile has no standard input any more.
 */
export async function findDecompressor(): Promise<
  (target: Writable, signal: AbortSignal) => Omit<Decompressor, 'output'>
> {
  const program = await findOnPath('zstd')
  return (target, signal) => {
    if (program !== undefined) {
      const tool = startTool([program, ...UNFOLD], {stdin: 'pipe', stdout: target, signal})
      if (tool.stdin === undefined) throw new Error('zstd has no pipes')
      return {input: tool.stdin, ended: tool.ended, stop: tool.stop}
    }
    const stage = inside(zlib.createZstdDecompress())
    pipeline(stage.output, target, () => undefined)
    return stage
  }
}

function inside(stream: Transform): Decompressor {
  const input = coalesce()
  const ended = new Promise<void>((resolve, reject) => {
    stream.once('end', resolve).once('error', reject)
    input.once('error', reject)
  })
  ended.catch(() => undefined)
  input.pipe(stream)
  return {
    input,
    output: stream,
    ended,
    async stop() {
      input.destroy()
      stream.destroy()
    },
  }
}

/** Copies: when it has taken a piece, nothing holds that any more. */
function coalesce(): Transform {
  let whole = Buffer.allocUnsafeSlow(PIECE)
  let held = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length; ) {
        const taken = chunk.copy(whole, held, at)
        at += taken
        held += taken
        if (held < PIECE) continue
        this.push(whole)
        whole = Buffer.allocUnsafeSlow(PIECE)
        held = 0
      }
      done()
    },
    flush(done) {
      done(null, whole.subarray(0, held))
    },
  })
}
