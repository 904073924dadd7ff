import type {Line, Tone} from '../layout/line.ts'
import {span} from '../layout/line.ts'
import {progressBar} from './progress-bar.ts'

export interface Budget {
  /** What is promised, 0..1, such as 0.999. */
  readonly objective: number
  /** Share of the error budget that is left; below 0 when more was spent than there was. Undefined: not enough is known. */
  readonly left: number | undefined
  /** How many times as fast as the objective allows it is spent now; undefined: unknown. */
  readonly burn: number | undefined
}

const BAR = 10
/** Below this share of the budget it wants attention. */
const LOW = 0.25
/** At this rate a budget of 30 days is gone in five. */
const FAST_BURN = 6
/** Slower than this it lasts, and there is nothing to say. */
const BURN = 1

/**
 * `99.9 % ███████░░░ 61 % left, burns 14×`. Where there is no room the bar goes first, then the burn rate; what is left
 * stays.
 */
export function budgetBar(budget: Budget, width: number): Line {
  const {left, burn} = budget
  const objective = span(`${Number((budget.objective * 100).toFixed(4))} % `)
  if (left === undefined) return [objective, span('budget unknown', 'dim')]
  const tone = budgetTone({left, burn})
  const bar = [...progressBar(left, BAR, tone), span(' ')]
  const rest = span(leftWords(left), tone)
  const rate = burn === undefined || burn < BURN ? [] : [span(`, burns ${rateWords(burn)}×`, tone)]
  const choices: readonly Line[] = [
    [objective, ...bar, rest, ...rate],
    [objective, rest, ...rate],
    [objective, rest],
  ]
  const fits = choices.find(line => line.reduce((sum, each) => sum + each.text.length, 0) <= width)
  return fits ?? [rest]
}

const leftWords = (left: number): string =>
  left < 0 ? `overspent by ${Math.round(-left * 100)} %` : `${Math.floor(left * 100)} % left`

const rateWords = (burn: number): string => (burn < 10 ? burn.toFixed(1) : String(Math.round(burn)))

/** Loud when it is gone, a warning when little is left or it is spent fast. */
export function budgetTone({left, burn}: {readonly left: number; readonly burn: number | undefined}): Tone {
  if (left <= 0) return 'bad bold'
  return left < LOW || (burn ?? 0) >= FAST_BURN ? 'warn bold' : 'accent'
}
