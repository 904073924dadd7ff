import {expect, test} from 'vitest'
import {deeds, letters, opened, press} from '../../../test/tui/keys.ts'
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
  ['run nothing', 'There is no runbook named "nothing"; r lists them.'],
])('%s is refused in words', (text, reason) => {
  const done = typed(text)
  expect(deeds(done)).toEqual([])
  expect(done.state.toast).toMatchObject({text: reason, tone: 'bad'})
})
