import {expect, test} from 'vitest'
import type {AlertRow} from '../../src/alerts/rows.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import type {UiState} from '../../src/tui/state/ui.ts'
import {opened, press, worldOf} from './keys.ts'
import {shop} from './shop.ts'

const COUNT = 5000

/** Alerts that count how often one of them is looked at: what a key costs, on any machine. */
function counted(change: (at: number) => Partial<AlertRow> = () => ({})) {
  let looks = 0
  const alerts = Array.from({length: COUNT}, (_, at): AlertRow => {
    const row = {
      ...(shop.alerts[0] as AlertRow),
      id: `a${at}`,
      target: `service/production/s${at}`,
      cause: undefined,
      since: shop.at - at * 1000,
      ...change(at),
    }
    const {summary} = row
    return Object.defineProperty(row, 'summary', {
      enumerable: true,
      get: () => {
        looks += 1
        return `${summary} ${at}`
      },
    })
  })
  return {
    state: press(opened({}, worldOf({...shop, alerts})), '2').state,
    /** So many looks at rows that a key and its picture take. */
    key: (state: UiState, ...keys: readonly string[]) => {
      looks = 0
      const after = press(state, ...keys).state
      const text = frame(after)
        .map(line => line.map(part => part.text).join(''))
        .join('\n')
      return {after, looks, text}
    },
  }
}

test('a key in a list of five thousand looks at the rows that are shown', () => {
  const {state, key} = counted()
  frame(state)
  for (const name of ['down', 'pgdn', 'G', 'up', 'g', 'w', 'space', 'y'])
    expect(key(state, name).looks).toBeLessThan(100)
  const {text} = key(state, 'G')
  expect(text).toMatch(/–5,000 of 5,000/)
})

test('a filter looks at each of five thousand once a key, and not again while the selection moves', () => {
  const {state, key} = counted()
  let now = key(state, '/').after
  for (const letter of ['4', '9', '9']) {
    const typed = key(now, letter)
    expect(typed.looks).toBeLessThan(COUNT + 100)
    now = typed.after
  }
  const found = key(now, 'enter')
  expect(found.text).toMatch(/\/499 · \d+ of 5,000/)
  expect(key(found.after, 'down').looks).toBeLessThan(100)
})

test('five thousand that are sorted are put in order once', () => {
  const {state, key} = counted()
  let now = key(state, 'o').after
  for (let tries = 0; tries < 9 && !key(now).text.includes('by summary'); tries += 1) now = key(now, 'o').after
  const sorted = key(now)
  expect(sorted.text).toContain('by summary')
  expect(key(sorted.after, 'down').looks).toBeLessThan(100)
  expect(key(sorted.after, 'O').looks).toBeLessThan(2 * COUNT + 100)
})

test('five thousand marked rows are copied as one text', () => {
  const {state} = counted()
  const marks = Array.from({length: COUNT}, (_, at) => `a${at}`)
  const places = {...state.places, alerts: {id: undefined, index: 0, top: 0, filter: '', marks}}
  const {effects} = press({...state, places}, 'y')
  expect(effects).toMatchObject([{type: 'copy', what: '5000 rows'}])
})
