import type {AlertRow} from '../../alerts/rows.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {ageWords} from '../status/state-words.ts'

export const command: Command = {
  name: 'alerts list',
  summary: 'Show alerts: firing, pending, and with --all those resolved lately',
  flags: {all: {type: 'boolean', description: 'Also those that are resolved'}},
  async run({flags}, context) {
    const {alerts, at} = await context.snapshot()
    const shown = flags['all'] === true ? alerts : alerts.filter(alert => alert.state !== 'resolved')
    return {data: shown, text: alertsText(shown, at)}
  },
}

export function alertsText(rows: readonly AlertRow[], now: number): string {
  if (rows.length === 0) return 'No alert.'
  return alignColumns([
    ['STATE', 'SEVERITY', 'SINCE', 'ID', 'ACKNOWLEDGED', 'NOTIFIED', 'WHAT'],
    ...rows.map(row => [
      row.state === 'firing' ? '✖ firing' : row.state === 'pending' ? '▲ pending' : '● resolved',
      row.severity,
      ageWords(row.resolvedAt ?? row.since, now),
      row.id,
      row.acknowledged?.by ?? '–',
      row.deliveries.map(({channel, state}) => `${channel}: ${state}`).join(', ') || '–',
      row.summary,
    ]),
  ])
}
