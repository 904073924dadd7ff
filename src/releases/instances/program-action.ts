import {quotePosix} from '../../text/quote-posix.ts'
import type {InstanceAction, InstanceTools} from './instance-driver.ts'

/** One program run to its end, as it is recorded. */
export const programAction = (
  argv: readonly string[],
  {exec, directory: cwd, timeoutMs}: InstanceTools & {readonly timeoutMs: number},
): InstanceAction => ({
  text: argv.map(quotePosix).join(' '),
  carryOut: async signal => (await exec(argv, {signal, cwd, timeoutMs})).stdout,
})
