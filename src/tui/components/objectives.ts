import type {Burn, Slo} from '../../monitors/objectives/budget.ts'
import {burnNow} from '../../monitors/objectives/budget.ts'
import {formatDuration} from '../../units/duration.ts'
import {orDash} from '../../units/or-dash.ts'
import type {Line, Tone} from '../layout/line.ts'
import {blank, fitLine, span} from '../layout/line.ts'
import {budgetBar} from './budget-bar.ts'
import {heading} from './facts.ts'
import type {Column} from './table.ts'
import {table} from './table.ts'

/** The bar of one objective, with what is promised. */
export function sloBar(slo: Slo, width: number): Line {
  return budgetBar({objective: slo.objective, left: slo.left, burn: burnNow(slo)}, width)
}

/** A bar and the burn rates of each objective, with the blank before them; nothing where nothing is promised. */
export function objectiveLines(slos: readonly Slo[], width: number, now: number): readonly Line[] {
  return slos.flatMap(slo => [
    blank,
    heading('Objective', objectiveWords(slo)),
    fitLine(sloBar(slo, width), width),
    ...table({columns, rows: slo.burns, width, height: slo.burns.length + 1, now}),
  ])
}

function objectiveWords({of, belowMs, periodMs}: Slo): string {
  const what = of === 'availability' ? 'answered' : `answered in ${formatDuration(belowMs ?? 0)}`
  return `${what}, over ${formatDuration(periodMs)}`
}

const rate = (value: number | undefined): string => orDash(value, each => `${each.toFixed(each < 10 ? 1 : 0)}×`)

const columns: readonly Column<Burn>[] = [
  {title: 'BURN', width: 7, rank: 1, cell: burn => `${burn.long}/${burn.short}`},
  {title: 'LONG', width: 6, align: 'right', rank: 1, cell: burn => rate(burn.longRate)},
  {title: 'SHORT', width: 6, align: 'right', rank: 1, cell: burn => rate(burn.shortRate)},
  {title: 'LIMIT', width: 6, align: 'right', rank: 2, cell: burn => [span(rate(burn.threshold), 'dim')]},
  {title: 'EVENTS', width: 6, align: 'right', rank: 3, cell: burn => [span(String(burn.events), 'dim')]},
  {title: '', width: 14, grow: 1, rank: 1, cell: burn => [span(burnWord(burn), burnTone(burn))]},
]

function burnWord({burning, enough, events}: Burn): string {
  if (burning) return 'burning'
  return events > 0 && !enough ? 'too few events' : ''
}

const burnTone = ({burning, name}: Burn): Tone => (burning ? (name === 'ticket' ? 'warn bold' : 'bad bold') : 'dim')
