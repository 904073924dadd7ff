import {expect, test} from 'vitest'
import {pressed} from '../../src/tui/actions/keys.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import {runScreen} from '../../src/tui/state/navigate.ts'
import type {UiState} from '../../src/tui/state/ui.ts'
import type {ShownRun} from '../../src/tui/state/world.ts'
import {RUN} from './fake-port.ts'
import {opened, press, worldOf} from './keys.ts'
import {audit, runRow} from './shop-events.ts'
import {runAfter, runOf} from './running.ts'
import {shop} from './shop.ts'

const textOf = (state: UiState): string =>
  frame(state)
    .map(each => each.map(part => part.text).join(''))
    .join('\n')

const watching = (run: ShownRun): UiState =>
  opened({screens: [{kind: 'overview'}, runScreen(RUN)]}, {...worldOf(), run: runOf(undefined, run)})

const began = runAfter({type: 'step-started', step: 's0', attempt: 1, key: '', phase: 'run'})

test('the screen of a run counts as its line in the header does: the step at hand', () => {
  expect(textOf(watching(began))).toContain('  1/8  ')
  const row = runRow(RUN, {runbook: 'deploy', state: 'running', stepIndex: 0, stepCount: 8, endedAt: undefined})
  expect(textOf(opened({}, worldOf({...shop, runs: [row]})))).toMatch(/deploy {2}1\/8/)
})

test('a run whose runner died stands at the step that nobody knows the end of, and offers no abort', () => {
  const steps = began.steps.map((view, index) => (index === 0 ? {...view, state: 'unknown' as const} : view))
  const state = watching({...began, steps, lost: true})
  const text = textOf(state)
  expect(text).toContain('◌ runner lost  deploy')
  expect(text).toContain('  1/8  ')
  expect(pressed(state, 'x')).toMatchObject({kind: 'refused', reason: expect.stringContaining('runs resume') as string})
})

test('a run that has ended offers no abort', () => {
  const ended = runAfter({
    type: 'run-ended',
    outcome: 'done',
    exitCode: 0,
    reason: '',
    durationMs: 9,
    afterwards: [],
  })
  expect(pressed(watching(ended), 'x')).toEqual({kind: 'nothing'})
  expect(textOf(watching(ended))).not.toContain('abort')
})

test('progress stands under the step that runs, not under one that waits', () => {
  const waiting = began.steps.map((view, index) => (index === 5 ? {...view, state: 'waiting' as const} : view))
  const open = {...runOf(undefined, {...began, steps: waiting}), progress: {done: 3, total: 9, unit: 'rows'}}
  const lines = textOf({...watching(began), world: {...worldOf(), run: open}}).split('\n')
  const at = lines.findIndex(each => each.includes('3 of 9 rows'))
  expect(lines[at - 1]).toContain('Check that green is idle')
  expect(lines.filter(each => each.includes('3 of 9 rows'))).toHaveLength(1)
})

test('a list that holds only the newest says so', () => {
  const state = press(opened({}, worldOf({...shop, olderRuns: true})), '6').state
  expect(textOf(state)).toContain('opsconsole runs list')
  const trail = {...worldOf(), audit: audit.slice(-3).toReversed()}
  expect(textOf(opened({screens: [{kind: 'overview'}, {kind: 'list', noun: 'audit'}]}, trail))).toContain(
    'newest of 4186',
  )
})

test('a filter without a match says so and how to look further', () => {
  const state = press(opened(), '1', '/', 'c', 'h', 'k', 't', 'enter').state
  expect(textOf(state)).toContain('No match for chkt. Esc clears the filter, ~chkt looks fuzzily.')
})
