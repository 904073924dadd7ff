import {startTool, type Tool} from '../../../processes/tool.ts'
import {lent} from '../../give-back.ts'
import {sshArgv} from './argv.ts'
import {lateAnswer, sshFailure, strangeAnswer} from './failure.ts'
import type {SshStorageSpec} from './schema.ts'

/** One host as the parts of the storage use it. */
export interface Remote {
  readonly spec: SshStorageSpec
  readonly directory: string
  readonly address: string
  /** A small answer must be here by then, whatever the host does meanwhile. */
  readonly answerMs: number
}

/** An ssh that runs a script, and what it says. */
export interface Session {
  readonly tool: Tool
  /** The first cause in plain words: an abort, a deadline, what ssh or the host said. */
  failure(cause: unknown): unknown
  /** Nothing came on its standard error. */
  silent(): boolean
}

/** An answer is held in memory. */
const MOST_BYTES = 512 * 1024 * 1024
const MOST_LINES = 20

export function startSession(
  remote: Remote,
  script: string,
  options: {readonly stdin: 'none' | 'pipe'; readonly signal: AbortSignal},
): Session {
  const said: string[] = []
  const onLine = (line: string): void => {
    if (said.push(line) > MOST_LINES) said.shift()
  }
  const failure = (cause: unknown): unknown =>
    options.signal.aborted ? options.signal.reason : sshFailure(remote.address, said, cause)
  try {
    const argv = sshArgv(remote.spec, script)
    return {tool: startTool(argv, {...options, stdout: 'pipe', onLine}), failure, silent: () => said.length === 0}
  } catch (cause) {
    throw failure(cause)
  }
}

/** Runs a script to its end; all that it printed. */
export async function askRemote(remote: Remote, script: string, signal?: AbortSignal): Promise<Buffer> {
  const late = AbortSignal.timeout(remote.answerMs)
  const session = startSession(remote, script, {
    stdin: 'none',
    signal: signal === undefined ? late : AbortSignal.any([signal, late]),
  })
  const {tool} = session
  const pieces: Buffer[] = []
  try {
    let bytes = 0
    for await (const piece of tool.stdout ?? []) {
      pieces.push(piece as Buffer)
      bytes += (piece as Buffer).length
      if (bytes > MOST_BYTES) throw new Error('the answer is too long')
    }
    await tool.ended
    return Buffer.concat(pieces)
  } catch (cause) {
    await tool.stop()
    signal?.throwIfAborted()
    if (late.aborted) throw lateAnswer(remote)
    const instead = session.silent() ? strangeWords(Buffer.concat(pieces)) : undefined
    throw instead === undefined ? session.failure(cause) : strangeAnswer(remote.address, instead)
  }
}

/** An account that may run no commands says so on standard output. Our own answers have a NUL or begin with a number. */
function strangeWords(answer: Buffer): string | undefined {
  const text = answer.subarray(0, 1000).toString('utf8')
  return text.trim() === '' || text.includes('\0') || /^\d/.test(text) ? undefined : text
}

/** What a script prints, as it comes; an error unless it came to its end. */
export async function* streamRemote(remote: Remote, script: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const session = startSession(remote, script, {stdin: 'none', signal})
  const {tool} = session
  let over = false
  try {
    if (tool.stdout !== undefined) yield* lent(tool.stdout)
    await tool.ended
    over = true
  } catch (cause) {
    throw session.failure(cause)
  } finally {
    if (!over) await tool.stop()
  }
}
