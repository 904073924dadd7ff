import type {Comparison, ComparedFigure} from '../../kinds/comparison.ts'
import type {Line, Tone} from '../layout/line.ts'
import {fitLine, line, span} from '../layout/line.ts'
import {wrap} from '../layout/text.ts'
import {chart} from './chart.ts'
import {statusWord} from './status-word.ts'

const NAME = 10
const LIMIT = 8
const GAP = 2
/** `◌ inconclusive` and a gap. */
const VERDICT = 16
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
  const side = Math.max(8, Math.min(22, Math.floor((width - NAME - LIMIT) / 2)))
  const row = (name: string, values: readonly [Line, Line], limit: Line): Line => [
    ...fitLine([span(name, 'dim')], NAME),
    ...values.flatMap(value => [...fitLine(value, side - GAP), span(' '.repeat(GAP))]),
    ...fitLine(limit, LIMIT),
  ]
  const head = row('', [[span(sides[0], 'bold')], [span(sides[1], 'bold')]], [span('limit', 'dim')])
  const rows = figures.map(figure => row(figure.name, valuesOf(figure), [span(figure.limit ?? '', 'dim')]))
  const words: Line[] = wrap(verdict.reason, Math.max(10, width - VERDICT), 2).map((text, index) => [
    ...fitLine(index === 0 ? statusWord(verdict.word) : [], VERDICT),
    span(text),
  ])
  const drawn = height >= rows.length + words.length + 1 + CHART + 3
  return [
    head,
    ...rows,
    ...(drawn
      ? [
          line('evidence against the new version, on its way to where it is stopped', 'dim'),
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

function valuesOf({values, over}: ComparedFigure): readonly [Line, Line] {
  const tone: Tone = over ? 'bad bold' : 'plain'
  return [[span(values[0])], [span(values[1], tone)]]
}
