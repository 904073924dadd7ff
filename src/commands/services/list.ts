import type {ServiceRow} from '../../services/rows.ts'
import {formatTrend, latencyTrend} from '../../monitors/trend.ts'
import {formatShare} from '../../units/number.ts'
import {durationOrDash, orDash} from '../../units/or-dash.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {ageWords, stateWords} from '../status/state-words.ts'

export const command: Command = {
  name: 'services',
  summary: 'Show every service: state, latency, uptime, version',
  async run(_, context) {
    const {services, at} = await context.snapshot()
    return {data: services, text: servicesText(services, at)}
  },
}

export function servicesText(rows: readonly ServiceRow[], now: number): string {
  if (rows.length === 0) return 'No service is configured.'
  return alignColumns([
    ['STATE', 'SERVICE', 'SINCE', 'LATENCY', 'P95 1H', 'VS WEEK', 'UP 24H', 'UP 7D', 'VERSION', 'PROBED', 'REASON'],
    ...rows.flatMap(row => [serviceCells(row, now), ...checkCells(row)]),
  ])
}

function serviceCells(row: ServiceRow, now: number): readonly string[] {
  const over = (window: string) => row.windows.find(each => each.window === window)
  const hour = over('1h')
  return [
    stateWords(row.state),
    row.name,
    ageWords(row.since, now),
    durationOrDash(row.latencyMs),
    durationOrDash(hour?.p95),
    formatTrend(hour && latencyTrend(hour)),
    orDash(over('24h')?.uptime, formatShare),
    orDash(over('7d')?.uptime, formatShare),
    row.version ?? '–',
    ageWords(row.at, now),
    row.reason,
  ]
}

/** Checks of a health document that are not well; the others are in `--json` and on the screen. */
function checkCells(row: ServiceRow): readonly (readonly string[])[] {
  if (row.state === 'no data') return []
  return row.checks
    .filter(check => check.status !== 'up')
    .map(check => [`  ${stateWords(check.status)}`, `  ${check.name}`, '', '', '', '', '', '', '', '', check.detail])
}
