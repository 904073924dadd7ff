import {tmpdir} from 'node:os'
import type {Exec, ExecResult} from '../../../processes/exec.ts'
import {once} from '../../../units/once.ts'
import {type Account, scratchAccount} from '../../scratch.ts'
import type {PgbackrestSpec} from './schema.ts'

export interface Pgbackrest {
  /** The whole command, to be carried out as it is. */
  command(words: readonly string[]): Promise<readonly string[]>
  /** The same for people: without the change of user. */
  describe(words: readonly string[]): string
  run(words: readonly string[], options: RunOptions): Promise<ExecResult>
}

interface RunOptions {
  readonly signal: AbortSignal
  readonly timeoutMs?: number
}

const ASK_MS = 60_000

/**
 * pgBackRest as the owner of the stanza: files that root makes in a repository keep the server from archiving, and newer
 * versions refuse root. Nothing of the operator's environment reaches it; its configuration is always named, for the
 * restored server must find it as well.
 */
export function openProgram(spec: PgbackrestSpec, exec: Exec): Pgbackrest {
  const argv = (words: readonly string[]): readonly string[] => [
    spec.program,
    `--config=${spec.config}`,
    `--stanza=${spec.stanza}`,
    ...words,
  ]
  const account = once(() => scratchAccount(spec.user, {exec, signal: AbortSignal.timeout(ASK_MS)}))
  const command = async (words: readonly string[]): Promise<readonly string[]> => {
    return [...dropTo(await account()), 'env', '-i', 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8', 'TZ=UTC', ...argv(words)]
  }
  return {
    command,
    describe: words => argv(words).join(' '),
    run: async (words, {signal, timeoutMs = ASK_MS}) =>
      exec(await command(words), {signal, timeoutMs, anyExit: true, cwd: tmpdir()}),
  }
}

const dropTo = (account: Account | undefined): readonly string[] =>
  account === undefined ? [] : ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--']
