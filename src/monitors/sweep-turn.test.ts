import {expect, test} from 'vitest'
import type {Watched} from './history.ts'
import type {Target, TargetId} from './sample.ts'
import {inSweep} from './sweep-turn.ts'
import type {Track} from './state.ts'

const NOW = 1_800_000_000_000
const INTERVAL_MS = 30_000
const target = (n: number): Target => ({
  id: `service/e/s${n}`,
  kind: 'service',
  environment: 'e',
  name: `s${n}`,
  intervalMs: INTERVAL_MS,
  timeoutMs: 5000,
  probe: () => Promise.reject(new Error('not probed here')),
})
const track: Track = {state: 'up', since: NOW - 60_000, at: NOW - 1_000, failures: 0, changes: []}
const watched = (more: Partial<Track> = {}, rest: Partial<Watched> = {}): Watched => ({
  track: {...track, ...more},
  sample: undefined,
  windows: [],
  recent: [],
  ...rest,
})
const targets = Array.from({length: 100}, (_, n) => target(n))
const all = (of: Watched) => new Map<TargetId, Watched>(targets.map(({id}) => [id, of]))

test('five sweeps look at each target that is well once', () => {
  const seen = Array.from({length: 5}, (_, sweep) => inSweep(targets, all(watched()), {sweep, now: NOW}))
  expect(seen.map(({length}) => length)).toEqual([20, 20, 20, 20, 20])
  expect(new Set(seen.flat()).size).toBe(100)
})

test.each([
  ['it is down', watched({state: 'down'})],
  ['it is degraded', watched({state: 'degraded'})],
  ['its last sample is too old', watched({at: NOW - 2 * INTERVAL_MS - 1})],
  ['its last sample is of the future', watched({at: NOW + INTERVAL_MS + 1})],
  ['it could not be probed', watched({}, {unprobed: {reason: 'no secret', since: NOW, at: NOW}})],
  ['it was never probed', {...watched(), track: undefined}],
])('every sweep looks at a target when %s', (_, known) => {
  for (const sweep of [0, 1, 2, 3, 4]) expect(inSweep(targets, all(known), {sweep, now: NOW})).toHaveLength(100)
})

test('what nothing is known of is looked at', () => {
  expect(inSweep(targets, new Map(), {sweep: 1, now: NOW})).toHaveLength(100)
})
