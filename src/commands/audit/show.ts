import {OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'audit show',
  summary: 'Show one record of the audit trail, whole',
  arguments: [{name: 'seq', required: true, description: 'Sequence number'}],
  run: async ({args}, context) => {
    const seq = Number(args[0])
    const record = context
      .audit()
      .list()
      .find(candidate => candidate.seq === seq)
    if (!record)
      throw new OpsError('usage/arguments', `the trail has no record ${JSON.stringify(args[0])}`, {
        hint: 'See `opsconsole audit list`.',
      })
    return {data: record, text: JSON.stringify(record, null, 2)}
  },
}
