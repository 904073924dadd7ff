import type {ExecResult} from '../../processes/exec.ts'

/** Whether an instance that is stopped could be started with a version. `ok` undefined: nobody can tell. */
export interface Startable {
  readonly ok: boolean | undefined
  /** What says so, in words. */
  readonly reason: string
}

/** By a question that answers with its exit code: 0 yes, 1 no, anything else is no answer. */
export async function askedBy(
  what: string,
  ask: () => Promise<Pick<ExecResult, 'exitCode'>>,
  words: {readonly yes: string; readonly no: string},
): Promise<Startable> {
  const exitCode = await ask().then(
    result => result.exitCode,
    () => null,
  )
  if (exitCode === 0) return {ok: true, reason: `${what} ${words.yes}`}
  return exitCode === 1
    ? {ok: false, reason: `${what} ${words.no}`}
    : {ok: undefined, reason: `${what} does not answer`}
}
