import type {DetailsView} from '../panes/pane.ts'
import {inAtMost} from '../../monitors/series.ts'
import type {Line} from '../layout/line.ts'
import {shortDuration} from './age.ts'
import {chart, chartColumns} from './chart.ts'
import {heading} from './facts.ts'
import {sparkline} from './sparkline.ts'

/** Nobody looks for differences below this, ms. */
export const SMALL_LATENCY = 20
/** Rows beyond which a drawing says no more. */
export const HIGHEST = 14
/** Rows of the drawing: a fifth of its pane; less than six only where these would leave no room for what stands above. */
export const chartRows = (height = 30): number =>
  Math.max(3, Math.min(HIGHEST, Math.floor(height / 5)), Math.min(6, height - ABOVE_AND_AXIS))
/** Facts, a blank line, the title, the axis and its times. */
const ABOVE_AND_AXIS = 10

interface Charted {
  readonly at: number | undefined
  readonly intervalMs: number
  /** Of the last probes; what is drawn until more is read. */
  readonly recent?: readonly (number | undefined)[]
  readonly threshold?: number | undefined
  readonly width: number
}

/** How long probes took, over the range that was chosen, with the threshold and marks where runs changed something. */
export function latencyChart(
  {at, intervalMs, recent = [], threshold, width}: Charted,
  view: DetailsView,
): readonly Line[] {
  const series = view.series ?? {values: recent, at: at ?? view.now, stepMs: intervalMs, range: undefined}
  const known = series.values.filter(value => value !== undefined)
  const extent =
    known.length === 0 ? '' : `  ${shortDuration(Math.min(...known))} – ${shortDuration(Math.max(...known))}`
  const long = series.range === '24h' || series.range === '7d' ? ', p95' : ''
  const title = heading('Latency', `${series.range ?? `last ${recent.length} probes`}${long}${extent}`)
  const drawn = Number.isFinite(width) ? inAtMost(series, chartColumns(width)) : series
  if (width < 40) return [title, sparkline(series.values, width, threshold ?? SMALL_LATENCY)]
  return [
    title,
    ...chart({
      values: drawn.values,
      width,
      height: chartRows(view.height),
      least: SMALL_LATENCY,
      threshold,
      label: shortDuration,
      at: drawn.at,
      stepMs: drawn.stepMs,
      marks: view.changes,
    }),
  ]
}
