import type {Burn, Slo} from '../../monitors/objectives/budget.ts'
import type {ServiceRow} from '../../services/rows.ts'
import {formatDuration} from '../../units/duration.ts'
import {formatShare} from '../../units/number.ts'
import {orDash} from '../../units/or-dash.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

/** One objective of one service, as `slo --json` prints it. */
interface SloRow extends Slo {
  readonly environment: string
  readonly service: string
}

export const command: Command = {
  name: 'slo',
  summary: 'Show every objective: what is kept, what is left of its error budget, how fast it is spent',
  async run(_, context) {
    const {services} = await context.snapshot()
    const rows = sloRows(services)
    return {data: rows, text: sloText(rows)}
  },
}

export const sloRows = (services: readonly ServiceRow[]): readonly SloRow[] =>
  services.flatMap(({environment, name, slos = []}) => slos.map(slo => ({environment, service: name, ...slo})))

export function sloText(rows: readonly SloRow[]): string {
  if (rows.length === 0) return 'No service has an objective. Write one as: objective: {availability: 99.9%}'
  const titles = rows[0]?.burns.map(({long, short}) => `BURN ${long}/${short}`) ?? []
  return alignColumns([
    ['SERVICE', 'OBJECTIVE', 'OVER', 'KEPT', 'BUDGET LEFT', ...titles],
    ...rows.map(row => [
      row.service,
      `${formatObjective(row.objective)} ${row.of === 'availability' ? 'answered' : `in ${formatDuration(row.belowMs ?? 0)}`}`,
      formatDuration(row.periodMs),
      orDash(row.kept, formatShare),
      orDash(row.left, left => (left < 0 ? `overspent by ${Math.round(-left * 100)}%` : `${Math.floor(left * 100)}%`)),
      ...row.burns.map(burnCell),
    ]),
  ])
}

const formatObjective = (share: number): string => `${Number((share * 100).toFixed(4))}%`

function burnCell({longRate, shortRate, threshold, enough, events, burning}: Burn): string {
  const rate = (value: number | undefined): string => orDash(value, each => `${each.toFixed(each < 10 ? 1 : 0)}x`)
  const rates = `${rate(longRate)} / ${rate(shortRate)}`
  if (burning) return `${rates}  BURNING (limit ${rate(threshold)})`
  return events > 0 && !enough ? `${rates}  (${events} events, too few)` : rates
}
