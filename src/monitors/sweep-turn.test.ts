import {expect, test} from 'vitest'
import type {Watched} from './history.ts'
import type {Target, TargetId} from './sample.ts'
import {hasTurned, inParts, inSweep} from './sweep-turn.ts'
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

test('what is well and fresh is judged at its probes alone', () => {
  expect(inSweep(targets, all(watched()), NOW)).toEqual([])
})

test.each([
  ['it is down', watched({state: 'down'})],
  ['it is degraded', watched({state: 'degraded'})],
  ['its last sample is too old', watched({at: NOW - 2 * INTERVAL_MS - 1})],
  ['its last sample is of the future', watched({at: NOW + INTERVAL_MS + 1})],
  ['it could not be probed', watched({}, {unprobed: {reason: 'no secret', since: NOW, at: NOW}})],
  ['it was never probed', {...watched(), track: undefined}],
])('every sweep looks at a target when %s', (_, known) => {
  expect(inSweep(targets, all(known), NOW)).toHaveLength(100)
})

test('what nothing is known of is looked at', () => {
  expect(inSweep(targets, new Map(), NOW)).toHaveLength(100)
})

test('an hour turns between two sweeps, whichever way the clock goes', () => {
  const hour = 3_600_000
  const turn = Math.ceil(NOW / hour) * hour
  expect(hasTurned(turn - 1, turn)).toBe(true)
  expect(hasTurned(turn, turn - 1)).toBe(true)
  expect(hasTurned(turn, turn + hour - 1)).toBe(false)
})

test('a round judges all in parts, with pauses, and ends when somebody else watches', () => {
  const later: (() => void)[] = []
  const many = Array.from({length: 600}, (_, n) => target(n))
  const judged: number[] = []
  inParts(
    many,
    part => judged.push(part.length) < 9,
    (_, run) => later.push(run),
  )
  expect(judged).toEqual([250])
  while (later.length > 0) later.shift()?.()
  expect(judged).toEqual([250, 250, 100])
  inParts(
    many,
    part => judged.push(part.length) < 4,
    (_, run) => later.push(run),
  )
  expect(later).toEqual([])
})
