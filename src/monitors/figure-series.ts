import type {Figure, FigureSource} from '../alerts/rules/figure.ts'
import {measuredAt, statisticOf} from '../alerts/rules/conditions/measured.ts'
import {formatDuration} from '../units/duration.ts'
import type {History} from './history.ts'
import {KEPT_MS, SPANS} from './history.ts'
import {addHistogram, emptyHistogram, type Histogram, samplesOf} from './histogram.ts'
import {BURN_WINDOW_MS, type Objective} from './objectives/objective.ts'
import {counted} from './objectives/spent.ts'
import {histogramOf} from './roll-up.ts'
import type {Point, TargetId} from './sample.ts'
import {type Asked, type Series, type Steps, stepped, stepsOf} from './series.ts'
import {countAbove, percentiles} from './sketch.ts'

/** What a figure is read from: the history of one target, and what is promised of it. */
export interface FigureHistory {
  readonly history: Pick<History, 'points' | 'rollups'>
  readonly target: TargetId
  readonly objective?: Objective | undefined
  /** Probes of a maintenance spend nothing of a budget. */
  readonly inMaintenance: (at: number) => boolean
}

interface Measured {
  readonly at: number
  readonly value: number | undefined
}

/** The figure of a rule over time, each value what the rule judged then. A range of which it is not kept says so. */
export function figureSeries(figure: Figure, source: FigureSource, from: FigureHistory, asked: Asked): Series {
  const steps = stepsOf(asked)
  const measured = steps.span === undefined ? fromProbes(source, from, steps) : fromRollups(source, from, steps)
  const series = {
    ...stepped(steps, measured ?? [], figure.worse === 'below' ? Math.min : Math.max),
    figure: steps.span !== undefined && isLatency(source) ? {...figure, title: 'Latency, p95'} : figure,
  }
  if (measured !== undefined) return series
  return {...series, missing: `Of this figure the last ${formatDuration(KEPT_MS.points)} are kept: [ shows 1h.`}
}

const isLatency = (source: FigureSource): boolean => source.of === 'probes' && source.measurement === 'latency'

/** The last two hours are kept probe by probe. */
function fromProbes(source: FigureSource, from: FigureHistory, steps: Steps): readonly Measured[] {
  const points = (back: number): readonly Point[] => from.history.points(from.target, steps.since - back)
  switch (source.of) {
    case 'probes': {
      const {measurement, over, statistic = 'mean'} = source
      if (over === undefined) return points(0).map(point => ({at: point.at, value: measuredAt(point, measurement)}))
      return windowed(points(over), over, steps, within =>
        statisticOf(
          within.flatMap(point => measuredAt(point, measurement) ?? []),
          statistic,
        ),
      )
    }
    case 'failures in a row':
      return inARow(points(SPANS.hour))
    case 'failed share':
      return windowed(points(source.over), source.over, steps, within =>
        within.length === 0 ? undefined : within.filter(({status}) => status === 'down').length / within.length,
      )
    case 'burn': {
      const windowMs = BURN_WINDOW_MS[source.window]
      if (windowMs > SPANS.hour) return burnOfRollups(source, from, {...steps, span: SPANS.fiveMinutes})
      return windowed(points(windowMs), windowMs, steps, within =>
        burnRate(histogramOf(within.filter(({at}) => !from.inMaintenance(at))), source.promise, from.objective),
      )
    }
    default:
      return source satisfies never
  }
}

/** What is older is counted in spans: results and latencies, of other measurements nothing. */
function fromRollups(source: FigureSource, from: FigureHistory, steps: Steps): readonly Measured[] | undefined {
  const {span, since, until} = steps
  if (span === undefined || source.of === 'failures in a row') return undefined
  if (source.of === 'burn') return burnOfRollups(source, from, {...steps, span})
  if (source.of === 'probes' && source.measurement !== 'latency') return undefined
  return from.history.rollups(from.target, span, since, until).map(({start, histogram}) => ({
    at: start,
    value: isLatency(source)
      ? percentiles([histogram.answered], [0.95])[0]
      : histogram.down / Math.max(1, samplesOf(histogram)),
  }))
}

type BurnSource = Extract<FigureSource, {readonly of: 'burn'}>

/** Each value looks back over its window, or over its own span where that is longer. */
function burnOfRollups(
  {promise, window}: BurnSource,
  {history, target, objective}: FigureHistory,
  {span, since, until}: Steps & {readonly span: NonNullable<Steps['span']>},
): readonly Measured[] {
  const windowMs = Math.max(span, BURN_WINDOW_MS[window])
  const rollups = history.rollups(target, span, since - windowMs, until)
  return rollups.map(({start}, index) => {
    const sum = emptyHistogram()
    for (let at = index; at >= 0; at--) {
      const each = rollups[at]
      if (each === undefined || each.start <= start - windowMs) break
      addHistogram(sum, counted(each.histogram))
    }
    return {at: start, value: burnRate(sum, promise, objective)}
  })
}

/** Times as fast as the objective allows. */
function burnRate(
  histogram: Histogram,
  promise: BurnSource['promise'],
  objective: Objective | undefined,
): number | undefined {
  const answered = histogram.up + histogram.degraded
  if (promise === 'availability') {
    const probes = answered + histogram.down
    return objective === undefined || probes === 0 ? undefined : histogram.down / probes / (1 - objective.availability)
  }
  const latency = objective?.latency
  return latency === undefined || answered === 0
    ? undefined
    : countAbove(histogram.answered, latency.belowMs) / answered / (1 - latency.share)
}

/** How many probes in a row had failed at each. */
function inARow(points: readonly Point[]): readonly Measured[] {
  let failures = 0
  return points.map(({at, status}) => {
    failures = status === 'down' ? failures + 1 : 0
    return {at, value: failures}
  })
}

/** What a window that ends with each step says. Where nothing is probed, it says nothing. */
function windowed(
  points: readonly Point[],
  windowMs: number,
  {since, stepMs, count}: Steps,
  valueOf: (within: readonly Point[]) => number | undefined,
): readonly Measured[] {
  let [first, next] = [0, 0]
  return Array.from({length: count}, (_, step) => {
    const [start, end] = [since + step * stepMs, since + (step + 1) * stepMs]
    const before = next
    while ((points[next]?.at ?? Infinity) < end) next++
    // As its rule does, the window ends with the newest probe.
    const newest = points[next - 1]?.at ?? end
    while ((points[first]?.at ?? Infinity) <= newest - windowMs) first++
    return {at: start, value: next === before ? undefined : valueOf(points.slice(first, next))}
  })
}
