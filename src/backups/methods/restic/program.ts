import {createInterface} from 'node:readline'
import type {ResolveSecret} from '../../../config/fields.ts'
import {OpsError} from '../../../errors.ts'
import type {Exec, ExecResult} from '../../../processes/exec.ts'
import {startTool} from '../../../processes/tool.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import type {ResticSpec} from './schema.ts'

export interface Restic {
  /** The repository for people: without a password. */
  readonly address: string
  /** As a person would type it. */
  describe(words: readonly string[]): string
  /** Whatever its exit code. A lock that a dead restic left is removed first, as `restic unlock` judges. */
  run(words: readonly string[], signal: AbortSignal): Promise<ExecResult>
  /** Lines of standard output, as many as there are. Raises when it fails. */
  lines(words: readonly string[], signal: AbortSignal): AsyncIterable<string>
}

const LONG_MS = 24 * 3_600_000
const LOCKED = /already locked/

/**
 * restic with its repository and password in the environment, never among its arguments. Nothing is cached, so that what
 * is read was read from the repository, and no variable of the operator points it elsewhere.
 */
export function openRestic(
  spec: ResticSpec,
  {exec, secret}: {readonly exec: Exec; readonly secret: ResolveSecret},
): Restic {
  const environment = async (): Promise<Record<string, string>> => {
    const extra: Record<string, string> = {}
    for (const [name, ref] of Object.entries(spec.environment)) extra[name] = await secret(ref)
    return {
      ...extra,
      ...NOT_THE_OPERATORS,
      RESTIC_REPOSITORY: spec.repository,
      RESTIC_PASSWORD: (await secret(spec.password)).trimEnd(),
      RESTIC_PROGRESS_FPS: '0.1',
      LC_ALL: 'C.UTF-8',
    }
  }
  const argv = (words: readonly string[]): readonly string[] => [spec.program, '--no-cache', ...words]
  const address = spec.repository.replace(/\/\/[^/@]*@/, '//')
  const once = async (words: readonly string[], signal: AbortSignal): Promise<ExecResult> =>
    exec(argv(words), {env: await environment(), signal, timeoutMs: LONG_MS, anyExit: true})
  return {
    address,
    describe: words => ['restic', '-r', address, ...words].map(quotePosix).join(' '),
    async run(words, signal) {
      const result = await once(words, signal)
      if (result.exitCode === 0 || !LOCKED.test(result.stderr)) return result
      await once(['unlock'], signal)
      return once(words, signal)
    },
    async *lines(words, signal) {
      const tool = startTool(argv(words), {env: await environment(), stdin: 'none', stdout: 'pipe', signal})
      try {
        if (tool.stdout !== undefined) for await (const line of createInterface({input: tool.stdout})) yield line
        await tool.ended
      } finally {
        await tool.stop()
      }
    },
  }
}

const NOT_THE_OPERATORS = {
  RESTIC_REPOSITORY_FILE: '',
  RESTIC_PASSWORD_FILE: '',
  RESTIC_PASSWORD_COMMAND: '',
  RESTIC_KEY_HINT: '',
}

/** What restic said, as an error. */
export function resticError({exitCode, stderr}: ExecResult, what: string): OpsError {
  if (/wrong password or no key found/.test(stderr))
    return new OpsError('backup/storage', 'wrong key: the password does not open the repository of restic', {
      hint: 'Correct restic.password of the backup.',
    })
  if (/unable to open config file|Is there a repository/.test(stderr))
    return new OpsError('backup/storage', `there is no repository of restic: ${lastWords(stderr)}`, {
      hint: 'Make it once with `restic init`, or see whether its disk is mounted.',
    })
  if (LOCKED.test(stderr))
    return new OpsError('backup/storage', `the repository of restic is in use: ${lastWords(stderr)}`, {
      hint: 'Wait for the other restic. A lock of one that is dead goes with `restic unlock`.',
    })
  return new OpsError('backup/storage', `restic ${what} exited with ${exitCode}${colon(lastWords(stderr))}`)
}

const colon = (text: string): string => (text === '' ? '' : `: ${text}`)

/** The last lines that say something; of those that it repeats while it tries again, none. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !/retrying after|`unlock` command/.test(line))
  return escapeLine(lines.slice(-3).join(' | '), 400)
}
