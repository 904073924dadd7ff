import {expect, test} from 'vitest'
import {opened, press, worldOf} from '../../../test/tui/keys.ts'
import {ACTIONS} from '../actions/registry.ts'
import {actionsHere} from '../actions/keys.ts'
import {SPOKEN} from '../layout/line.ts'
import {OVERLAYS} from '../overlays/registry.ts'
import {NOUNS} from '../panes/registry.ts'
import {reduce} from '../state/reduce.ts'
import type {Screen, UiState} from '../state/ui.ts'

const SCREENS: readonly Screen[] = [
  {kind: 'overview'},
  ...NOUNS.map((noun): Screen => ({kind: 'list', noun})),
  {kind: 'help', scroll: 0},
]
const states: readonly UiState[] = SCREENS.map(screen =>
  opened({columns: SPOKEN, rows: 24, screens: [{kind: 'overview'}, screen]}, worldOf()),
)
const line = (state: UiState, text: string) => reduce(state, {type: 'line', text, begun: 9000, at: 9000})

/** Keys that only move; in plain mode a number does it. */
const told = (state: UiState): string => JSON.stringify({...state, guardUntil: 0})

test('a key as a line does what the key does, on every screen', () => {
  const different = states.flatMap(state =>
    actionsHere(state)
      .flatMap(({keys}) => keys)
      .filter(key => key.length === 1 && !/\d/.test(key) && key !== ':')
      .filter(key => told(line(state, key).state) !== told(press(state, key).state))
      .map(key => `${state.screens.at(-1)?.kind} ${key}`),
  )
  expect(different).toEqual([])
})

test('whatever asks something can be asked and answered in lines', () => {
  const silent = OVERLAYS.filter(({line, prompt}) => !line || !prompt).map(({id}) => id)
  // A command is a line by itself, and an action has no second key there.
  expect(silent).toEqual(['command', 'second key'])
})

test('every action that a key leads to can be said by a word of its own, or by another of the same screen', () => {
  const silent = states.flatMap(state =>
    actionsHere(state)
      .filter(({id}) => id !== 'command')
      .filter(({id, label}) => line(state, label).state === state && line(state, id).state === state)
      .filter(({act}) => act(state, 9000).state !== state)
      .map(({id}) => `${state.screens.at(-1)?.kind} ${id}`),
  )
  expect(silent).toEqual([])
  expect(ACTIONS.every(({label}) => /^[a-z/ ]+$/.test(label))).toBe(true)
})
