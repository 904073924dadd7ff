import {formatMeasured} from '../../alerts/rules/conditions/words.ts'
import {inAtMost} from '../../monitors/series.ts'
import type {Line} from '../layout/line.ts'
import {blank, line} from '../layout/line.ts'
import {wrapLine} from '../layout/wrap-line.ts'
import type {DetailsView} from '../panes/pane.ts'
import type {ShownSeries} from '../state/world.ts'
import {chart, chartColumns} from './chart.ts'
import {heading} from './facts.ts'
import {chartRows, HIGHEST, SMALL_LATENCY} from './latency-chart.ts'
import {sparkline} from './sparkline.ts'

/** The figure over the range that was chosen, under what stands above it; nothing while it is not read. */
export const figurePart = (view: DetailsView, rows?: number): readonly Line[] =>
  view.series ? [blank, ...figureChart(view.series, view, rows)] : []

/** Its title, its axis, the times and the blank line above. */
export const AROUND = 4

/** The figure as the last part, as high as there is room for. */
export const withFigure = (above: readonly Line[], view: DetailsView): readonly Line[] => [
  ...above,
  ...figurePart(view, Math.max(chartRows(view.height), Math.min(HIGHEST, (view.height ?? 0) - above.length - AROUND))),
]

/** What the rule of an alert judges, with its limit and marks where runs changed something; or why nothing is drawn. */
export function figureChart(series: ShownSeries, view: DetailsView, rows = chartRows(view.height)): readonly Line[] {
  const {figure, missing, values, range} = series
  if (figure === undefined || missing !== undefined)
    return [heading(figure?.title ?? 'Chart', 'none'), ...wrapLine(line(missing ?? '', 'dim'), view.width)]
  const {title, measurement, limit, worse} = figure
  // The larger unit is enough beside an axis.
  const label = (value: number): string => formatMeasured(measurement, value).split(' ').slice(0, 2).join(' ')
  const known = values.filter(value => value !== undefined)
  const extent = known.length === 0 ? '' : `  ${label(Math.min(...known))} – ${label(Math.max(...known))}`
  const bound = limit === undefined ? '' : `  ${worse} ${label(limit)} is a breach`
  const heads = heading(title, `${range}${extent}${bound}`)
  if (view.width < 40) return [heads, sparkline(values, view.width, limit ?? 1)]
  const drawn = Number.isFinite(view.width)
    ? inAtMost(series, chartColumns(view.width), worse === 'below' ? Math.min : Math.max)
    : series
  return [
    heads,
    ...chart({
      values: drawn.values,
      width: view.width,
      height: rows,
      least: leastOf(measurement),
      ...(isShare(measurement) && {most: 1}),
      threshold: limit,
      worse,
      label,
      at: drawn.at,
      stepMs: drawn.stepMs,
      marks: view.changes ?? [],
    }),
  ]
}

const isShare = (measurement: string): boolean => /(Rate|Ratio)$/.test(measurement)

/** So that noise stays small. */
const leastOf = (measurement: string): number =>
  measurement === 'latency' ? SMALL_LATENCY : isShare(measurement) ? 0.01 : 1
