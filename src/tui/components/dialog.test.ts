import {expect, test} from 'vitest'
import {blank, lineWidth} from '../layout/line.ts'
import {buttonLines, dialog} from './dialog.ts'

const LABELS = ['Decide later', 'recheck', 'done', 'rerun', 'skip', 'abort', 'host by host']
const buttons = LABELS.map(label => ({label, key: label[0] ?? ''}))
const textOf = (lines: readonly (readonly {readonly text: string}[])[]): string =>
  lines.map(each => each.map(({text}) => text).join('')).join('\n')

test.each([40, 70, 200])('every button of a question shows in %i columns, wherever the focus is', width => {
  const at = (focus: number | undefined): readonly (readonly string[])[] =>
    buttonLines(buttons, focus, width).map(line => LABELS.filter(label => textOf([line]).includes(` ${label} `)))
  for (const focus of [undefined, ...buttons.keys()]) {
    expect(at(focus).flat()).toEqual(LABELS)
    // A button that moved to another line when it gets the focus would be pressed in place of its neighbour.
    expect(at(focus)).toEqual(at(undefined))
    for (const line of buttonLines(buttons, focus, width)) expect(lineWidth(line) - 3).toBeLessThanOrEqual(width)
  }
})

test.each([
  [80, 24],
  [40, 10],
])('they show in a dialog at %i × %i', (columns, rows) => {
  const screen = Array.from({length: rows}, () => [{text: ' '.repeat(columns), tone: 'plain'} as const])
  const body = Array.from({length: 20}, () => blank)
  const shown = textOf(
    dialog(screen, {title: 'Outcome unknown', body, fields: [blank, blank], buttons, tone: 'warn', width: 74}),
  )
  for (const label of LABELS) expect(shown).toContain(label)
})
