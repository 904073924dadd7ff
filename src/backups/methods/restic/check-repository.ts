import {DamageError} from '../../verification.ts'
import type {ExecResult} from '../../../processes/exec.ts'
import {type Restic, resticError} from './program.ts'

/** Reads all of the repository; an exit code of 0 without the words is no proof. Raises what is wrong by its name. */
export async function checkRepository(restic: Restic, signal: AbortSignal): Promise<void> {
  // Its structure first: of a file that is gone, reading tries again for most of a minute.
  for (const words of [['check'], ['check', '--read-data']]) requireNoErrors(await restic.run(words, signal))
}

function requireNoErrors(result: ExecResult): void {
  if (result.exitCode === 0 && /no errors were found/.test(result.stdout)) return
  const error = resticError(result, 'check')
  if (/wrong password/.test(result.stderr)) throw new DamageError('wrong key', error.message)
  if (/does not exist|not found|no such file/.test(result.stderr)) throw new DamageError('missing', error.message)
  if (/does not match|contains errors|error for|ciphertext verification/.test(result.stderr))
    throw new DamageError('altered', error.message)
  throw error
}
