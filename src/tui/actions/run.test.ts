import {expect, test} from 'vitest'
import {deeds, letters, opened, press} from '../../../test/tui/keys.ts'
import type {CommandLine} from '../overlays/command-line.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen} from '../state/ui.ts'

const typed = (text: string) => press(opened(), ':', ...letters(text), 'enter')

test('with all that is required, `:run` plans at once', () => {
  expect(deeds(typed('run deploy release=web version="2.4.1 rc" smoke=false'))).toEqual([
    {type: 'plan', runbook: 'deploy', params: {release: 'web', version: '2.4.1 rc', watch: '5m', smoke: 'false'}},
  ])
})

test('with less it opens the form, filled with what was given', () => {
  const {state} = typed('run restore entry=b7')
  expect(currentScreen(state)).toMatchObject({kind: 'params', field: 0, values: {backup: '', entry: 'b7'}})
})

test.each([
  ['run deploy vresion=1', 'deploy has no parameter "vresion"; it has release, version, watch, smoke.'],
  ['run deploy 1.2.0', '"1.2.0" is not a parameter; write name=value.'],
  ['run nothing', 'There is no runbook named "nothing"; :runbooks lists them.'],
])('%s is refused in words', (text, reason) => {
  const done = typed(text)
  expect(deeds(done)).toEqual([])
  expect(done.state.toast).toMatchObject({text: reason, tone: 'bad'})
})

const field = (state: UiState): string =>
  (state.overlay as {readonly data: CommandLine} | undefined)?.data.field.text ?? ''

test('Tab completes the runbook, then its parameters, then the values that are known', () => {
  const tab = (text: string): string => field(press(opened(), ':', ...letters(text), 'tab').state)
  expect(tab('run dep')).toBe('run deploy')
  expect(tab('run deploy ver')).toBe('run deploy version=')
  expect(tab('run deploy version=2 rel')).toBe('run deploy version=2 release=')
  expect(tab('run deploy release=')).toBe('run deploy release=web')
})

test('↑ leads back to what was typed before, ↓ forward again', () => {
  const before = press(typed('svc').state, ':', ...letters('filter web'), 'enter').state
  expect(field(press(before, ':', 'up').state)).toBe('filter web')
  expect(field(press(before, ':', 'up', 'up').state)).toBe('svc')
  expect(field(press(before, ':', 'up', 'up', 'up').state)).toBe('svc')
  expect(field(press(before, ':', 'up', 'up', 'down').state)).toBe('filter web')
  expect(field(press(before, ':', 'up', 'down').state)).toBe('')
})
