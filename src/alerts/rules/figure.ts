import type {BurnPair, BurnWindow} from '../../monitors/objectives/objective.ts'
import {formatDuration} from '../../units/duration.ts'
import type {AlertTarget} from '../alert-target.ts'
import type {Statistic} from './conditions/measured.ts'
import {limitOf} from './conditions/limit.ts'
import {titleOf} from './conditions/words.ts'
import type {Condition} from './conditions/registry.ts'

/** What is drawn of a rule: a figure over time, and where it becomes a breach. */
export interface Figure {
  readonly title: string
  /** Its name, which tells the unit: milliseconds, bytes, a share, a count. */
  readonly measurement: string
  /** Undefined: there is none, or what it is a share of is not known. */
  readonly limit?: number | undefined
  /** On which side of the limit it is a breach. */
  readonly worse: 'above' | 'below'
}

/** Where the values of a rule's figure come from. */
export type FigureSource =
  | {readonly of: 'probes'; readonly measurement: string; readonly over?: number; readonly statistic?: Statistic}
  | {readonly of: 'failures in a row'}
  | {readonly of: 'failed share'; readonly over: number}
  | {readonly of: 'burn'; readonly promise: 'availability' | 'latency'; readonly window: BurnWindow}

/** The figure that a rule judges and where it is read, or why there is none. */
export type RuleFigure = {readonly figure: Figure; readonly source: FigureSource} | {readonly missing: string}

interface Judged {
  readonly target: AlertTarget
  readonly now: number
  /** An answer of the target that is slower than this is degraded. */
  readonly degradedAboveMs?: number | undefined
}

const LATENCY = {title: 'Latency', measurement: 'latency', worse: 'above'} as const

/** What one rule judges of a target. */
export function figureOf(condition: Condition, {target, now, degradedAboveMs}: Judged): RuleFigure {
  switch (condition.type) {
    case 'threshold': {
      const {measurement, above, below, over, statistic} = condition
      const written = above ?? below
      const window = over === undefined ? {} : {over, statistic}
      return {
        figure: {
          title: `${titleOf(measurement)}${over === undefined ? '' : `, ${statistic} of ${formatDuration(over)}`}`,
          measurement,
          limit: written === undefined ? undefined : limitOf(target, written, condition),
          worse: above === undefined ? 'below' : 'above',
        },
        source: {of: 'probes', measurement, ...window},
      }
    }
    case 'forecast': {
      const {measurement, reaches} = condition
      const limit = limitOf(target, reaches, condition)
      const value = target.sample?.values[measurement]
      const worse = limit !== undefined && value !== undefined && value > limit ? 'below' : 'above'
      return {figure: {title: titleOf(measurement), measurement, limit, worse}, source: {of: 'probes', measurement}}
    }
    case 'absence': {
      const {measurement} = condition
      return {figure: {title: titleOf(measurement), measurement, worse: 'above'}, source: {of: 'probes', measurement}}
    }
    case 'baseline': {
      const usual = target.past?.usual(now).p95
      return {
        figure: {
          ...LATENCY,
          title: `Latency, p95 of ${formatDuration(condition.over)}`,
          limit: usual && usual * condition.times,
        },
        source: {of: 'probes', measurement: 'latency', over: condition.over, statistic: 'p95'},
      }
    }
    case 'failures':
      return {
        // The rule counts up to its number, so that itself is a breach.
        figure: {title: 'Failed probes in a row', measurement: 'failures', limit: condition.count - 1, worse: 'above'},
        source: {of: 'failures in a row'},
      }
    case 'error rate':
      return {
        figure: {
          title: `Failed probes of ${formatDuration(condition.over)}`,
          measurement: 'errorRate',
          limit: condition.above,
          worse: 'above',
        },
        source: {of: 'failed share', over: condition.over},
      }
    case 'burn':
      return burnFigure(condition.pairs, target)
    case 'degraded':
      return degradedAboveMs === undefined
        ? {missing: 'Its rule judges the state that the probe reports, which is not a figure.'}
        : {figure: {...LATENCY, limit: degradedAboveMs}, source: {of: 'probes', measurement: 'latency'}}
    case 'no data':
      return {missing: 'Its rule judges that nothing arrives, which is not a figure.'}
    default:
      return condition satisfies never
  }
}

/** Of the pair that burns, the shorter window: it says whether it still lasts. Where none burns, of the first pair. */
function burnFigure(pairs: readonly BurnPair['name'][], {slos = []}: Judged['target']): RuleFigure {
  const burns = slos.flatMap(slo => slo.burns.flatMap(burn => (pairs.includes(burn.name) ? [{slo, burn}] : [])))
  const chosen = burns.find(({burn}) => burn.burning) ?? burns[0]
  if (chosen === undefined) return {missing: 'Nothing is promised of it any more.'}
  const {slo, burn} = chosen
  return {
    figure: {
      title: `Burn rate of ${slo.of} over ${burn.short}`,
      measurement: 'burn',
      limit: burn.threshold,
      worse: 'above',
    },
    source: {of: 'burn', promise: slo.of, window: burn.short},
  }
}
