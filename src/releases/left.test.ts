import {describe, expect, test} from 'vitest'
import {forgetfulMemory} from '../kinds/memory.ts'
import {elsewhere} from './addresses.ts'
import {
  badNote,
  driftOf,
  forgetAddresses,
  justUndone,
  type Left,
  NOTHING,
  noteFate,
  noteLive,
  noteWords,
  readLeft,
} from './left.ts'
import type {SlotView} from './views.ts'

const AT = Date.UTC(2026, 10, 26, 12, 47)
const slot = (name: string, role: SlotView['role'], version: string | undefined): SlotView => ({
  name,
  role,
  version,
  instances: [],
})
const left: Left = {
  v: 1,
  live: {slot: 'green', version: '1.2.0', at: AT, run: 'r-1'},
  moving: null,
  kept: null,
  canary: null,
  restorePoint: null,
  versions: {},
}

describe('the live slot that the last run left', () => {
  test.each([
    ['as it was', [slot('blue', 'idle', '1.0.0'), slot('green', 'live', '1.2.0')], undefined],
    [
      'one that does not report its version',
      [slot('blue', 'idle', '1.0.0'), slot('green', 'live', undefined)],
      undefined,
    ],
    [
      'a load balancer that is not understood',
      [slot('blue', 'no data', '1.0.0'), slot('green', 'no data', '1.2.0')],
      undefined,
    ],
    ['the other slot', [slot('blue', 'live', '1.0.0'), slot('green', 'idle', '1.2.0')], 'blue serves 1.0.0'],
    [
      'both slots',
      [slot('blue', 'live', '1.0.0'), slot('green', 'live', '1.2.0')],
      'blue serves 1.0.0, green serves 1.2.0',
    ],
    ['no slot', [slot('blue', 'idle', '1.0.0'), slot('green', 'idle', '1.2.0')], 'no slot takes traffic'],
    [
      'another version in the same slot',
      [slot('blue', 'idle', '1.0.0'), slot('green', 'live', '1.1.0')],
      'green serves 1.1.0',
    ],
  ] as const)('is compared with %s', (_, slots, words) => {
    const drift = driftOf({release: 'web', environment: 'live', now: AT}, left, slots)
    if (words === undefined) return expect(drift).toBeUndefined()
    expect(drift).toBe(
      `moved outside opsconsole: ${words}; run r-1 left traffic on green 1.2.0 at 2026-11-26 12:47 UTC. ` +
        (slots.filter(one => one.role === 'live').length === 1
          ? 'Put it back: opsconsole run deploy -e live -p release=web -p version=1.2.0'
          : 'Put it back: leave traffic on green alone in the load balancer, by hand'),
    )
  })

  test('is compared with the addresses of its servers; a run that starts one forgets where it was', () => {
    const slots = [slot('blue', 'idle', '1.0.0'), slot('green', 'live', '1.2.0')]
    const seen = elsewhere({'green-1': '10.0.0.1:80', 'green-2': '10.0.0.2:80'}, {'green-1': '10.0.0.9:80'})
    expect(seen).toEqual(['green-1 goes to 10.0.0.9:80, not 10.0.0.1:80'])
    expect(driftOf({release: 'web', environment: 'live', now: AT, elsewhere: seen}, left, slots)).toBe(
      'moved outside opsconsole: green-1 goes to 10.0.0.9:80, not 10.0.0.1:80; run r-1 left traffic on green 1.2.0 at 2026-11-26 12:47 UTC. ' +
        'Put it back: give its servers these addresses in the load balancer; the next deploy takes them as they are',
    )
    const memory = forgetfulMemory()
    noteLive(memory, 't', {...left.live!, addresses: {'green-1': '10.0.0.1:80', 'green-2': '10.0.0.2:80'}})
    forgetAddresses(memory, 't', ['green-1'])
    expect(readLeft(memory, 't').live?.addresses).toEqual({'green-2': '10.0.0.2:80'})
  })

  test('is not judged while a run moves traffic, nor for long when it was killed meanwhile', () => {
    const slots = [slot('blue', 'live', '1.0.0'), slot('green', 'idle', '1.2.0')]
    expect(
      driftOf({release: 'web', environment: 'live', now: AT + 1_000}, {...left, moving: AT}, slots),
    ).toBeUndefined()
    expect(driftOf({release: 'web', environment: 'live', now: AT + 300_000}, {...left, moving: AT}, slots)).toContain(
      'blue serves 1.0.0',
    )
  })

  test('is no drift before any run of ours', () => {
    expect(
      driftOf({release: 'web', environment: 'live', now: AT}, readLeft(forgetfulMemory(), 'release/test/web'), [
        slot('blue', 'live', '1'),
      ]),
    ).toBeUndefined()
  })
})

describe('the memory of versions', () => {
  test('keeps the last fate of each, and the live slot beside it', () => {
    const memory = forgetfulMemory()
    const target = 'release/test/web'
    noteLive(memory, target, left.live!)
    noteFate(memory, target, '1.2.0', {fate: 'good', reason: '', at: AT, run: 'r-1'})
    noteFate(memory, target, '1.2.0', {fate: 'rolled back from', reason: 'slow', at: AT, run: 'r-2'})
    const seen = readLeft(memory, target)
    expect(seen.live).toEqual(left.live)
    expect(noteWords(badNote(seen, '1.2.0')!)).toBe('was rolled back at 2026-11-26 12:47 UTC: slow')
    expect(noteWords({...badNote(seen, '1.2.0')!, by: 'root, no login'})).toBe(
      'was rolled back at 2026-11-26 12:47 UTC, run by root, no login: slow',
    )
    expect(badNote(seen, '1.0.0')).toBeUndefined()
  })

  test('says for an hour that a bad version was taken back by the run that left the live slot', () => {
    const bad = {fate: 'failed its watch', reason: '9 of 60 requests failed', at: AT, run: 'r-2'} as const
    const undone = {...left, live: {...left.live!, run: 'r-2'}, versions: {'1.3.0': bad}}
    expect(justUndone(undone, AT + 60_000)).toBe(
      'already undone: 1.3.0 failed its watch at 2026-11-26 12:47 UTC: 9 of 60 requests failed; 1.2.0 on green is live again',
    )
    expect(justUndone(undone, AT + 3_700_000)).toBeUndefined()
    expect(justUndone({...undone, live: left.live}, AT), 'another run has left it since').toBeUndefined()
    expect(justUndone({...undone, versions: {'1.2.0': bad}}, AT), 'it is live all the same').toBeUndefined()
    expect(justUndone(NOTHING, AT)).toBeUndefined()
  })

  test('forgets the oldest versions, never the live slot', () => {
    const memory = forgetfulMemory()
    for (let at = 0; at < 60; at += 1) noteFate(memory, 't', `v${at}`, {fate: 'good', reason: '', at, run: 'r'})
    expect(Object.keys(readLeft(memory, 't').versions)).toHaveLength(50)
    expect(readLeft(memory, 't').versions['v0']).toBeUndefined()
  })

  test('counts what it cannot read as nothing', () => {
    const memory = forgetfulMemory()
    memory.write('t', {v: 2, live: 'blue'})
    expect(readLeft(memory, 't')).toEqual(NOTHING)
  })
})
