import {expect, test} from 'vitest'
import {deployPlan, RUN} from '../../../test/tui/fake-port.ts'
import {deeds, opened, press, worldOf} from '../../../test/tui/keys.ts'
import {runAfter, runOf} from '../../../test/tui/running.ts'
import {actor} from '../../../test/tui/shop-events.ts'
import {forbiddenShop, shop} from '../../../test/tui/shop.ts'
import type {RunEventBody} from '../../runbooks/events.ts'
import {frame} from '../screens/frame.ts'
import {runScreen} from '../state/navigate.ts'
import type {UiState} from '../state/ui.ts'

const decisions = [
  {id: 'hold', title: 'Hold at 5 %', consequence: 'Users: 5 % keep getting 1.2.0'},
  {id: 'go-on', title: 'Go on', consequence: 'The stage ends when its time is over'},
  {id: 'promote', title: 'Promote', consequence: 'The next share at once'},
]
const [first, ...others] = deployPlan().steps
const id = first?.id ?? ''
const plan = deployPlan({steps: first === undefined ? [] : [{...first, decisions}, ...others]})
const running: RunEventBody = {type: 'step-started', step: id, attempt: 1, key: 'k', phase: 'run'}

function watching(events: readonly RunEventBody[], snapshot = shop): UiState {
  const began = {
    type: 'run-started',
    plan,
    actor,
    reason: '',
    dryRun: false,
    process: {pid: 1, startTicks: 1, bootId: ''},
  } as const
  const world = {...worldOf(snapshot), run: runOf(undefined, runAfter(began, ...events))}
  return opened({screens: [{kind: 'overview'}, runScreen(RUN)]}, world)
}
const textOf = (state: UiState): string =>
  frame(state)
    .map(line => line.map(({text}) => text).join(''))
    .join('\n')

test('h asks with the consequence, Enter alone leaves it, and the choice goes to the step that runs', () => {
  const asked = press(watching([running]), 'h')
  expect(asked.state.overlay).toMatchObject({id: 'deciding', data: {step: id, decision: {id: 'hold'}}})
  expect(textOf(asked.state)).toContain('Users: 5 % keep getting 1.2.0')
  expect(deeds(press(asked.state, 'enter'))).toEqual([])
  expect(deeds(press(asked.state, 'y', 'enter'))).toEqual([
    {type: 'decide', run: RUN, step: id, choice: 'hold', reason: ''},
  ])
})

test('what is held goes on again by the same key, whoever held it', () => {
  const held: RunEventBody = {type: 'step-decided', step: id, choice: 'hold', by: actor, reason: ''}
  expect(deeds(press(watching([running, held]), 'h', 'y', 'enter'))).toMatchObject([{choice: 'go-on'}])
})

test('p promotes, and neither key is there where the step takes no decision or nothing may be changed', () => {
  expect(deeds(press(watching([running]), 'p', 'y', 'enter'))).toMatchObject([{choice: 'promote'}])
  expect(textOf(watching([running]))).toMatch(/hold.*promote|promote.*hold/)
  expect(textOf(watching([]))).not.toMatch(/promote/)
  expect(press(watching([]), 'h').state.overlay).toBeUndefined()
  expect(deeds(press(watching([running], forbiddenShop('policy')), 'p', 'y', 'enter'))).toEqual([])
})
