import {OpsError} from '../../../errors.ts'
import type {DoctorTools} from '../../../kinds/define-driver.ts'
import {type Check, failed, ok, warning} from '../../../kinds/verdict.ts'
import {escapeLine} from '../../../text/escape.ts'
import {remotePath, sshAddress} from './argv.ts'
import {strangeAnswer} from './failure.ts'
import {askRemote} from './remote.ts'
import type {SshStorageSpec} from './schema.ts'
import {checkScript, END, MISSING} from './scripts.ts'

/** Logs in and looks whether the directory can be read and written. */
export async function checkSsh(spec: SshStorageSpec, {name, signal, timeoutMs}: DoctorTools): Promise<Check> {
  const address = escapeLine(sshAddress(spec), 200)
  try {
    const directory = remotePath(spec.path)
    // Before the check as a whole is late: what waits is to be named.
    const remote = {spec, directory, address, answerMs: timeoutMs * 0.9}
    const answer = (await askRemote(remote, checkScript(directory), signal)).toString()
    if (answer === `${END}\0`) return ok(name, address)
    if (answer !== `${MISSING}\0`) throw strangeAnswer(address, answer)
    return warning(name, `${address} is not there yet`, 'The first backup makes it; check that the path is right.')
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof OpsError && error.code === 'backup/storage')
      return failed(name, error.message, error.hint ?? 'Try `ssh` with the same host, user and key.')
    throw error
  }
}
