import type {Comparison, ComparedFigure} from '../../kinds/comparison.ts'
import type {Line, Tone} from '../layout/line.ts'
import {blank, fitLine, line, lineWidth, span} from '../layout/line.ts'
import {wrapLine} from '../layout/wrap-line.ts'
import {chart} from './chart.ts'
import {statusWord} from './status-word.ts'

/** Between two columns, where there is room for it. */
const WIDEST_GAP = 4
/** Rows of the drawing, without its axis. */
const CHART = 4

/**
 * Old and new side by side, the evidence on its way to the bound at which the new one is stopped, and the verdict in
 * words. The chart is left out where `height` has no room for it.
 */
export function comparisonPanel(
  {sides, figures, evidence, stepMs, at, verdict}: Comparison,
  {width, height}: {readonly width: number; readonly height: number},
): readonly Line[] {
  const words = wrapLine([...statusWord(verdict.word), span('  '), span(verdict.reason)], width, 3)
  const hasRoom = height >= 1 + figures.length + words.length
  const table = aligned(
    [
      [blank, [span(sides[0], 'bold')], [span(sides[1], 'bold')], [span('limit', 'dim')]],
      ...figures
        .filter(({minor}) => hasRoom || minor === undefined)
        .map(figure => [[span(figure.name, 'dim')], ...valuesOf(figure), [span(figure.limit ?? '', 'dim')]]),
    ],
    width,
  )
  const drawn = height >= table.length + words.length + CHART + 3
  return [
    ...table,
    ...(drawn
      ? [
          line('evidence against the new version', 'dim'),
          ...chart({
            values: evidence,
            width,
            height: CHART,
            // The bound is the top: what has not reached it must not look as if it had.
            least: 1,
            most: 1,
            threshold: 1,
            label: way => (way === 1 ? 'stop' : `${Math.round(way * 100)}%`),
            at,
            stepMs,
          }),
        ]
      : []),
    ...words,
  ]
}

/** Names at the left, figures under their titles at the right; the last columns go where they would be cut. */
function aligned(rows: readonly (readonly Line[])[], width: number): readonly Line[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map(row => lineWidth(row[at] ?? blank))))
  const all = widths.reduce((sum, each) => sum + each, 0)
  const gap = Math.max(1, Math.min(WIDEST_GAP, Math.floor((width - all) / (widths.length - 1))))
  return rows.map(row =>
    fitLine(
      row.flatMap((cell, at) => [
        ...(at === 0 ? blank : [span(' '.repeat(gap))]),
        ...fitLine(cell, widths[at] ?? 0, at === 0 ? 'left' : 'right'),
      ]),
      width,
    ),
  )
}

function valuesOf({values, over}: ComparedFigure): readonly [Line, Line] {
  const tone: Tone = over ? 'bad bold' : 'plain'
  return [[span(values[0])], [span(values[1], tone)]]
}
