import type {DetailsView} from '../panes/pane.ts'
import {inAtMost} from '../../monitors/series.ts'
import type {Line} from '../layout/line.ts'
import {shortDuration} from './age.ts'
import {chart, chartColumns} from './chart.ts'
import {heading, SIDE_BY_SIDE} from './facts.ts'
import {sparkline} from './sparkline.ts'

/** Nobody looks for differences below this, ms. */
export const SMALL_LATENCY = 20
/** Rows beyond which a drawing says no more. */
export const HIGHEST = 18
/** Rows of the drawing: a fifth of its pane; less than six only where these would leave no room for what stands above. */
export const chartRows = (height = 30): number =>
  Math.max(3, Math.min(HIGHEST, Math.floor(height / 5)), Math.min(6, height - ABOVE_AND_AXIS))
/** Facts, a blank line, the title, the axis and its times. */
const ABOVE_AND_AXIS = 10
/** The blank line above, the title, the axis and its times. */
const AROUND = 4
/** Beside something else a chart is the last of its column: it is as high as there is room for under so many lines. */
export const rowsUnder = (above: number, {width, height = 0}: Pick<DetailsView, 'width' | 'height'>): number =>
  width < SIDE_BY_SIDE ? chartRows(height) : Math.max(chartRows(height), Math.min(HIGHEST, height - above - AROUND))

interface Charted {
  readonly at: number | undefined
  readonly intervalMs: number
  /** Of the last probes; what is drawn until more is read. */
  readonly recent?: readonly (number | undefined)[]
  readonly threshold?: number | undefined
  readonly width: number
  /** Rows of the drawing. */
  readonly rows?: number
}

/** How long probes took, over the range that was chosen, with the threshold and marks where runs changed something. */
export function latencyChart(
  {at, intervalMs, recent = [], threshold, width, rows}: Charted,
  view: DetailsView,
): readonly Line[] {
  // Where they are read only when somebody opens it, an empty drawing would say that there are none.
  if (view.series === undefined && recent.length === 0) return []
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
      height: rows ?? chartRows(view.height),
      least: SMALL_LATENCY,
      threshold,
      label: shortDuration,
      at: drawn.at,
      stepMs: drawn.stepMs,
      marks: view.changes,
    }),
  ]
}
