import {OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'
import {confirmFlag} from '../consent-flags.ts'
import {backupFlag, chooseById, textFlag} from './choose.ts'

export const command: Command = {
  name: 'backup hold',
  summary: 'Keep a backup from ever being pruned, or release it with --release',
  arguments: [{name: 'id', required: true, completes: 'backup id', description: 'Id from `opsconsole backup list`'}],
  flags: {
    backup: backupFlag,
    reason: {type: 'string', value: 'TEXT', description: 'Why; required to hold'},
    release: {type: 'boolean', description: 'Release the hold'},
    confirm: confirmFlag,
  },
  changes: true,
  // Without its hold the next prune may take it.
  danger: ({flags}) => (flags['release'] === true ? 'disruptive' : 'safe'),
  run: async ({args, flags}, context) => {
    const id = args[0] as string
    const ops = await chooseById(context, id, textFlag(flags, 'backup'))
    if (flags['release'] === true) {
      await ops.releaseHold(id)
      return {data: {backup: ops.name, id, held: false}, text: `${id} is no longer held`}
    }
    const reason = textFlag(flags, 'reason')
    if (reason === undefined) throw new OpsError('usage/arguments', 'holding a backup needs --reason')
    await ops.hold(id, {by: context.actor().name, reason})
    return {data: {backup: ops.name, id, held: true, reason}, text: `${id} is held: ${reason}`}
  },
}
