import {OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'
import {confirmFlag} from '../consent-flags.ts'

export const command: Command = {
  name: 'lock release',
  summary: 'Release a lock by its id; audited with its holder and your reason',
  help: 'The run that held it notices before its next step: it starts no further one and undoes nothing. A step that is already running finishes, so look at the target first.',
  arguments: [
    {name: 'lock', required: true, completes: 'lock', description: 'Id of the lock, from `opsconsole lock list`'},
  ],
  flags: {reason: {type: 'string', value: 'TEXT', description: 'Why; required'}, confirm: confirmFlag},
  changes: true,
  danger: 'disruptive',
  run: async ({args, flags}, context) => {
    if (typeof flags['reason'] !== 'string' || flags['reason'].trim() === '')
      throw new OpsError('usage/arguments', 'releasing a lock needs --reason')
    const {holder, problem} = await context.engine().releaseLock(args[0] as string, flags['reason'], {
      yes: true,
      typed: (flags['confirm'] ?? []) as readonly string[],
    })
    const still = problem === undefined ? '' : `; only on this host: ${problem}`
    return {
      data: holder,
      text: `released ${holder.resource}, held by run ${holder.run} of ${holder.actor} on ${holder.host}${still}`,
      exitCode: problem === undefined ? 0 : 1,
    }
  },
}
