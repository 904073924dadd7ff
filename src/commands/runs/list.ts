import {OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'
import {runsText} from './table.ts'

export const command: Command = {
  name: 'runs list',
  summary: 'List runs, newest first',
  flags: {limit: {type: 'string', value: 'N', description: 'At most this many (default 20)'}},
  run: async ({flags}, context) => {
    const limit = Number(flags['limit'] ?? 20)
    if (!Number.isInteger(limit) || limit < 1)
      throw new OpsError(
        'usage/arguments',
        `--limit should be a whole number above 0, got ${JSON.stringify(flags['limit'])}`,
      )
    const rows = context.engine().list(limit)
    return {data: rows, text: runsText(rows, context.clock.now())}
  },
}
