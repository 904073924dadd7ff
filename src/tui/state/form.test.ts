import {expect, test} from 'vitest'
import {letters, opened, press, worldOf} from '../../../test/tui/keys.ts'
import {frame} from '../screens/frame.ts'
import {runbooks} from '../../../test/tui/shop-events.ts'
import {matchingRunbooks} from './form.ts'
import {reduce} from './reduce.ts'
import type {UiState} from './ui.ts'
import {currentScreen} from './ui.ts'

const form = (name: string): UiState => press(opened(), 'r', ...letters(name), 'enter').state
const lines = (state: UiState): readonly string[] => frame(state).map(line => line.map(({text}) => text).join(''))
const values = (state: UiState): Readonly<Record<string, string>> => {
  const screen = currentScreen(state)
  return screen.kind === 'params' ? screen.values : {}
}

test('→ at the end of a text takes the values that the configuration knows, one after the other', () => {
  const state = form('diagnose')
  expect(lines(state).join('\n')).toContain('known: checkout, api')
  expect(values(press(state, 'right').state)).toMatchObject({service: 'checkout'})
  expect(values(press(state, 'right', 'right').state)).toMatchObject({service: 'api'})
  expect(values(press(state, ...letters('se'), 'right').state)).toMatchObject({service: 'search'})
})

test('what is wrong is said at its field', () => {
  const state = press(form('deploy'), 'down', 'down', 'down', 'enter').state
  const shown = lines(state)
  const at = shown.findIndex(line => line.includes('▸ version'))
  expect(at).toBeGreaterThan(0)
  expect(shown[at + 1]).toContain('✘ version is required')
})

test('a plan that cannot be made says so at the field that it names', () => {
  const filled = press(form('deploy'), ...letters('9.9'), 'enter', 'enter', 'enter', 'enter').state
  expect(currentScreen(filled).kind).toBe('planning')
  const {state} = reduce(filled, {type: 'plan failed', text: 'release web has no version 9.9'})
  const shown = lines(state)
  const at = shown.findIndex(line => /▸ (release|version)/.test(line))
  expect(shown[at + 1]).toContain('✘ release web has no version 9.9')
})

test('a runbook that is called by its name comes before those whose summaries have the word', () => {
  const [first] = runbooks
  if (first === undefined) throw new Error('no runbooks')
  const row = (name: string, summary: string) => ({...first, name, summary})
  const state = opened(
    {},
    {
      ...worldOf(),
      runbooks: [
        row('verify-backup', 'Say which can be restored: restore nothing'),
        row('restore-pitr', 'To a moment'),
        row('restore', 'Replace a database by a backup'),
      ],
    },
  )
  const names = (query: string): readonly string[] => matchingRunbooks(state, query).map(({name}) => name)
  expect(names('restore')).toEqual(['restore', 'restore-pitr', 'verify-backup'])
  expect(names('Restore-p')[0]).toBe('restore-pitr')
  expect(names('')).toEqual(['verify-backup', 'restore-pitr', 'restore'])
})
