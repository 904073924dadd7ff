import {describe, expect, test} from 'vitest'
import type {Track} from './state.ts'
import {isFlapping, nextTrack, stateAt} from './state.ts'
import type {Health} from './sample.ts'

const run = (samples: readonly (readonly [number, Health])[], intervalMs = 1000): Track => {
  let track: Track | undefined
  for (const [at, status] of samples) track = nextTrack(track, {at, status}, intervalMs)
  if (!track) throw new Error('no samples')
  return track
}

describe('a track', () => {
  test('keeps the moment of the change, and counts failures in a row', () => {
    expect(
      run([
        [0, 'up'],
        [1000, 'up'],
      ]),
    ).toMatchObject({state: 'up', since: 0, failures: 0})
    expect(
      run([
        [0, 'up'],
        [1000, 'down'],
        [2000, 'down'],
      ]),
    ).toMatchObject({state: 'down', since: 1000, failures: 2})
    expect(
      run([
        [0, 'down'],
        [1000, 'degraded'],
      ]),
    ).toMatchObject({state: 'degraded', since: 1000, failures: 0})
  })

  test('does not claim that a state held over a gap nobody saw', () => {
    expect(
      run([
        [0, 'up'],
        [60_000, 'up'],
      ]),
    ).toMatchObject({since: 60_000})
  })

  test('flaps after six changes within an hour, and no longer an hour later', () => {
    const track = run(Array.from({length: 7}, (_, i) => [i * 1000, i % 2 === 0 ? 'up' : 'down'] as const))
    expect(isFlapping(track, 6000)).toBe(true)
    expect(isFlapping(track, 3_700_000)).toBe(false)
    expect(
      isFlapping(
        run([
          [0, 'up'],
          [1000, 'down'],
          [2000, 'up'],
        ]),
        2000,
      ),
    ).toBe(false)
  })

  test('stays bounded however often it changes', () => {
    const track = run(Array.from({length: 5000}, (_, i) => [i * 10, i % 2 === 0 ? 'up' : 'down'] as const))
    expect(track.changes.length).toBeLessThanOrEqual(20)
  })
})

describe('the state that may be shown', () => {
  const track = run([[10_000, 'up']])
  test.each([
    ['before the first sample', undefined, 10_000, 'no data'],
    ['at once', track, 10_000, 'up'],
    ['two intervals later', track, 12_000, 'up'],
    ['just past two intervals', track, 12_001, 'no data'],
    ['a day later', track, 86_400_000, 'no data'],
    ['after the clock was set back', track, 1000, 'no data'],
  ])('%s is %s %s %s', (_, known, now, state) => {
    expect(stateAt({track: known}, 1000, now).state).toBe(state)
  })
})

test('probes that end at a deadline longer than two intervals fail in a row; a time in which nobody looked is a gap', () => {
  let track: Track | undefined
  for (const at of [3_000, 6_100, 9_200]) track = nextTrack(track, {at, status: 'down', latencyMs: 3_000}, 1_000)
  expect(track).toMatchObject({failures: 3, since: 3_000})
  expect(nextTrack(track, {at: 14_300, status: 'down', latencyMs: 3_000}, 1_000)).toMatchObject({failures: 1})
})
