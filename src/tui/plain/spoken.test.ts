import {expect, test} from 'vitest'
import {opened} from '../../../test/tui/keys.ts'
import {reduce} from '../state/reduce.ts'
import type {UiState} from '../state/ui.ts'
import {spoken} from './spoken.ts'

/** What is said of lines that are typed one after the other, of the last. */
function saidOf(...lines: readonly string[]): readonly string[] {
  let [before, state]: readonly UiState[] = [opened(), opened()]
  for (const text of lines) {
    before = state as UiState
    state = reduce(before, {type: 'line', text, begun: 10_000, at: 10_000}).state
  }
  return spoken(before as UiState, state as UiState)
}

test('a number on the overview says all of the alert that has it there', () => {
  expect(saidOf('1').join('\n')).toMatch(/^alerts: 3 firing\n1 down: service checkout\n.*critical/)
  expect(saidOf('3').join('\n')).toContain('looking at the query plan')
  expect(saidOf('9')).toEqual(['There is no number 9 here.'])
})

test('the next pane is said with what is selected in it', () => {
  expect(saidOf('next pane').join('\n')).toMatch(/^[a-z]+: /)
  expect(saidOf('next pane')).not.toEqual(saidOf('next pane', 'next pane'))
})

test('in a list a number says all of its row, the same one again nothing', () => {
  expect(saidOf('services', '2').join('\n')).toMatch(/^2 /)
  expect(saidOf('services', '2', '2')).toEqual([])
})
