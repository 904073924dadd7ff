import {expect, test} from 'vitest'
import {opened, press} from '../../../test/tui/keys.ts'
import type {UiState} from '../state/ui.ts'
import {frame} from './frame.ts'

const TEXT =
  'there is nothing to go back to: green-1 does not answer: ECONNREFUSED. Deploy the previous version instead, or start green-1 again.'
const lines = (state: UiState): readonly string[] => frame(state).map(each => each.map(({text}) => text).join(''))
const told = (columns: number, rows: number, change: Partial<UiState> = {}): UiState =>
  opened({columns, rows, ...change, toast: {text: TEXT, tone: 'bad', until: Number.POSITIVE_INFINITY}})

test.each([
  [80, 24],
  [60, 15],
  [200, 60],
])('at %i×%i what happened is said to its end, where it stands what to do', (columns, rows) => {
  const shown = lines(told(columns, rows))
  expect(shown).toHaveLength(rows)
  expect(shown.join(' ').replaceAll(/\s+/g, ' ')).toContain(TEXT)
})

test('on a small screen it takes a quarter at most, and nothing of a dialog', () => {
  const small = lines(told(40, 12))
  expect(small).toHaveLength(12)
  expect(small.filter(text => text.startsWith(' ✘ ') || text.startsWith('   ')).length).toBeLessThan(4)
  const asked = press(opened({columns: 80, rows: 24}), '2', 'a').state
  const dialog = lines({...asked, toast: told(80, 24).toast})
  expect(dialog).toHaveLength(24)
  expect(dialog.slice(0, -1)).toEqual(lines(asked).slice(0, -1))
})

test('Enter is a word in the footer, and a sign only on small screens, where hints would be lost for it', () => {
  const last = (columns: number, rows: number): string =>
    lines(opened({columns, rows, screens: [{kind: 'list', noun: 'alerts'}]})).at(-1) ?? ''
  expect(last(120, 40)).toContain(' Enter open ')
  expect(last(80, 24)).toContain(' Enter open ')
  expect(last(60, 15)).toMatch(/ ↵ open .* s silence /)
})
