import {expect, test} from 'vitest'
import {RUN} from '../../../test/tui/fake-port.ts'
import {opened, worldOf} from '../../../test/tui/keys.ts'
import {runAfter, runOf} from '../../../test/tui/running.ts'
import type {OutputLine} from '../../runbooks/events.ts'
import {runScreen} from '../state/navigate.ts'
import type {Screen, UiState} from '../state/ui.ts'
import {frame} from './frame.ts'

const LONG = 'a rollback right now would be possible: 1.1.0 runs on green, healthy, without traffic, kept until noon'
const lines: readonly OutputLine[] = [
  {step: 's0', stream: 'log', text: LONG},
  {step: 's0', stream: 'out', text: '{"level":"error","msg":"no such table","time":"03:12:07"}'},
]
const run = runAfter({type: 'step-started', step: 's0', attempt: 1, key: '', phase: 'run'})

function textAt(
  columns: number,
  rows: number,
  {screen = runScreen(RUN), shown = lines}: {readonly screen?: Screen; readonly shown?: readonly OutputLine[]} = {},
): string {
  const world = {...worldOf(), run: {...runOf(undefined, run), lines: shown, total: shown.length}}
  const state: UiState = {...opened({screens: [{kind: 'overview'}, screen]}, world), columns, rows}
  return frame(state)
    .map(each => each.map(part => part.text).join(''))
    .join('\n')
}

test('the newest lines are whole, what goes on below is set in, and JSON is taken apart', () => {
  const text = textAt(120, 40)
  expect(text).toMatch(
    /│ › a rollback right now would be possible[^\n]+\n[^\n]+│ {3}healthy, without traffic, kept until noon/,
  )
  expect(text).toContain('03:12:07 ERROR no such table')
})

test('whoever scrolls back goes by lines', () => {
  const many = [
    ...lines,
    ...Array.from({length: 60}, (_, at) => ({step: 's0', stream: 'out', text: `${at} ${LONG}`}) as const),
  ]
  const back = {kind: 'run', id: RUN, back: 5, anchor: many.length, half: 'output'} as const
  expect(textAt(120, 40, {shown: many})).toContain('kept until noon')
  expect(textAt(120, 40, {shown: many, screen: back})).not.toContain('kept until noon')
})

test('titles of steps are whole as far as there is room: that of the step at hand first', () => {
  const steps = (rows: number): string =>
    textAt(80, rows)
      .split('\n')
      .map(each => each.slice(0, 36))
      .join('\n')
  expect(steps(40)).not.toContain('…')
  expect(steps(24)).toMatch(/Check that green is .*\n│ {6}idle and healthy/)
  expect(steps(24)).toContain('Clear the page cac…')
  expect(steps(16)).toContain('Check that green is')
  // Two that begin alike are told apart by their ends.
  expect(steps(16)).toMatch(/Start 2\.\S*….*green-1[^]*Start 2\.\S*….*green-2/)
})
