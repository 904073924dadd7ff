import {expect, test} from 'vitest'
import type {AlertRow} from '../../src/alerts/rows.ts'
import type {AuditRecord} from '../../src/audit/record.ts'
import {pressed} from '../../src/tui/actions/keys.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import {runScreen} from '../../src/tui/state/navigate.ts'
import {wantedReach} from '../../src/tui/state/reach.ts'
import type {UiState} from '../../src/tui/state/ui.ts'
import type {ShownRun, World} from '../../src/tui/state/world.ts'
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

const records = (count: number): readonly AuditRecord[] =>
  Array.from({length: count}, (_, at) => ({...(audit[0] as AuditRecord), seq: count - at}))

/** The console at a history of which a part was read. */
const atHistory = (noun: 'audit' | 'runs', world: Partial<World>): UiState =>
  opened({screens: [{kind: 'overview'}, {kind: 'list', noun}]}, {...worldOf(), ...world})

test('a list that is longer than the screen says which part of how many it shows', () => {
  const state = atHistory('audit', {audit: records(200), reach: {noun: 'audit', asked: 200, read: 200, total: 4186}})
  expect(textOf(state)).toMatch(/ 1–\d+ of 4,186 /)
  expect(textOf(press(state, 'pgdn', 'pgdn').state)).toMatch(/ \d\d–\d\d of 4,186 /)
  const alerts = Array.from({length: 300}, (_, at) => ({...(shop.alerts[0] as AlertRow), id: `a${at}`}))
  expect(textOf(press(opened({}, worldOf({...shop, alerts})), '2', 'G').state)).toMatch(/ 28\d–300 of 300 /)
})

test('going towards the end of what was read asks for more, as long as there is more', () => {
  const state = atHistory('audit', {audit: records(200), reach: {noun: 'audit', asked: 200, read: 200, total: 4186}})
  expect(press(state, 'pgdn').effects).toEqual([])
  const end = press(state, 'G')
  expect(end.effects).toEqual([{type: 'read'}])
  expect(wantedReach(end.state, 'audit')).toBe(800)
  // Of some that were moved away only the number is known.
  const moved = atHistory('audit', {audit: records(90), reach: {noun: 'audit', asked: 200, read: 90, total: 4186}})
  expect(press(moved, 'G').effects).toEqual([])
  const all = atHistory('audit', {audit: records(200), reach: {noun: 'audit', asked: 200, read: 200, total: 200}})
  expect(press(all, 'G').effects).toEqual([])
})

test('runs are counted in all environments, and the list says so; a filter says what it has looked at', () => {
  const runs = Array.from({length: 150}, (_, at) => runRow(`run-${at}`, {runbook: 'deploy', state: 'done'}))
  const state = atHistory('runs', {runs, reach: {noun: 'runs', asked: 200, read: 200, total: 1204}})
  expect(textOf(state)).toMatch(/ 1–\d+ of 1,204 in all environments /)
  expect(textOf(press(state, '/', 'd', 'e', 'p', 'enter').state)).toContain('150 of 150 that were read, 1,204 are kept')
})

test('a filter without a match says so and how to look further', () => {
  const state = press(opened(), '1', '/', 'c', 'h', 'k', 't', 'enter').state
  expect(textOf(state)).toContain('No match for chkt. Esc clears the filter, ~chkt looks fuzzily.')
})

test('charts of latencies show a longer or a shorter time, and say which', () => {
  const at = opened({screens: [{kind: 'overview'}, {kind: 'details', noun: 'services', id: 'web', scroll: 0}]})
  const longer = press(at, ']', ']')
  expect(longer.state.range).toBe('24h')
  expect(longer.effects).toContainEqual({type: 'read'})
  expect(press(longer.state, ']', ']', ']').state.range).toBe('7d')
  expect(press(longer.state, '[', '[', '[').state.range).toBe('5m')
  const series = {
    noun: 'services' as const,
    name: 'web',
    range: '24h' as const,
    values: [20, undefined, 90],
    at: longer.state.now,
    stepMs: 300_000,
  }
  const text = textOf({...longer.state, world: {...longer.state.world, series}})
  expect(text).toContain('Latency  24h, p95  20ms – 90ms')
  expect(pressed({...at, screens: [{kind: 'overview'}, {kind: 'list', noun: 'caches'}]}, ']')).toEqual({
    kind: 'nothing',
  })
})
