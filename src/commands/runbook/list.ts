import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'runbook list',
  summary: 'List the runbooks there are, yours and the shipped ones',
  run: async (_input, context) => {
    const rows = await context.engine().runbooks()
    return {
      data: rows,
      text: alignColumns([
        ['NAME', 'DANGER', 'FROM', 'SUMMARY'],
        ...rows.map(row => [row.name, row.danger, row.shipped ? 'shipped' : 'yours', row.problem ?? row.summary]),
      ]),
    }
  },
}
