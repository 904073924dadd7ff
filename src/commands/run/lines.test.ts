import {expect, test} from 'vitest'
import type {RunEvent} from '../../runbooks/events.ts'
import {feedLines} from './lines.ts'
import type {RunState} from '../../runbooks/state.ts'

const state = {steps: [{step: {id: 'start', title: 'Start 1.2.0 on green-1'}}]} as unknown as RunState

test('a step whose check says that there is nothing to do is named all the same', () => {
  const event: Partial<RunEvent> = {type: 'step-finished', step: 'start', phase: 'run', outcome: 'already done'}
  const finished = {...event, durationMs: 20, reason: 'its check says so'} as RunEvent
  expect(feedLines({event: finished}, state)).toEqual([
    '▶ Start 1.2.0 on green-1',
    '  already done in 20ms: its check says so',
  ])
})
