import {silenceEnd} from '../../alerts/routing/silence.ts'
import {type SilenceRow, silenceRows} from '../../alerts/routing/silences.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'alerts silences',
  summary: 'Show silences: who, why, until when, and what they hold now',
  help: 'Those of Alertmanagers are shown as they were read last, by whoever watches.',
  flags: {all: {type: 'boolean', description: 'Also those that ended within a day'}},
  async run({flags}, context) {
    const now = context.clock.now()
    const {desk} = await context.answering()
    const rows = [...silenceRows(context.silences(), context.alertStore(), now), ...desk.silences(now)]
    const shown = flags['all'] === true ? rows : rows.filter(({state}) => state === 'active')
    return {data: shown, text: silencesText(shown, now)}
  },
}

function silencesText(rows: readonly SilenceRow[], now: number): string {
  if (rows.length === 0) return 'No silence.'
  return alignColumns([
    ['ID', 'STATE', 'WHAT', 'HOLDS', 'BY', 'REASON', ''],
    ...rows.map(row => [
      row.id,
      row.state === 'active' ? silenceEnd(row, now) : 'ended',
      row.what,
      String(row.matches.length),
      row.author,
      row.reason,
      [row.source === undefined ? '' : `at ${row.source}`, row.note].filter(Boolean).join(', '),
    ]),
  ])
}
