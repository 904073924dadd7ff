import {OpsError} from '../../../errors.ts'
import {describeCommand, lastLines} from '../../../processes/run.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import type {InstanceAction, InstanceTools} from '../instance-driver.ts'
import {unitWords} from './remote.ts'

const ASK_MS = 10_000
/** Of ssh itself, whatever became of the command. */
const NO_CONNECTION = 255

/** One command about a unit on its host. A failure says what the unit is, too: systemctl does not wait for a reason. */
export const unitAction = (
  {argv, show, unit}: {readonly argv: readonly string[]; readonly show: readonly string[]; readonly unit: string},
  {exec, directory: cwd, timeoutMs}: InstanceTools & {readonly timeoutMs: number},
): InstanceAction => ({
  text: argv.map(quotePosix).join(' '),
  async carryOut(signal) {
    const state = async (): Promise<string> => {
      const asked = await exec(show, {signal, cwd, timeoutMs: ASK_MS, anyExit: true}).catch(() => undefined)
      const words = asked?.exitCode === 0 ? unitWords(asked.stdout) : undefined
      return words === undefined ? '' : `\n${escapeLine(unit, 200)} is ${escapeLine(words, 200)}`
    }
    const ended = await exec(argv, {signal, cwd, timeoutMs, anyExit: true}).catch(async (cause: unknown) => {
      if (!(cause instanceof OpsError) || cause.code !== 'process/timeout') throw cause
      throw new OpsError(cause.code, `${cause.message}${await state()}`, {cause, hint: UNKNOWN})
    })
    if (ended.exitCode === 0) return ended.stdout
    const failure = `${describeCommand(argv)} exited with ${ended.exitCode}${lastLines(ended)}`
    if (ended.exitCode === NO_CONNECTION) throw new OpsError('process/failed', failure, {hint: UNKNOWN})
    throw new OpsError('process/failed', `${failure}${await state()}`)
  },
})

const UNKNOWN = 'The host may carry it out all the same: look at the unit there.'
