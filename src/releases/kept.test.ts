import {describe, expect, test} from 'vitest'
import {forgetfulMemory} from '../kinds/memory.ts'
import {releaseSchema} from './config.ts'
import {endableSlot} from './end.ts'
import {dueSlots, keptWords, startedAgain} from './kept.ts'
import {type Kept, NOTHING, noteKept, noteLive, readLeft} from './left.ts'
import {rollbackReadiness} from './slots.ts'
import type {SlotView} from './views.ts'

const UNTIL = Date.UTC(2026, 10, 26, 12)
const kept: Kept = {slot: 'blue', version: '1.0', until: UNTIL, run: 'r-1', ended: null}
const release = {
  ...releaseSchema.parse({
    name: 'web',
    traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
    instances: {type: 'command', deploy: ['none'], stop: ['none']},
    slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}-1`, url: `http://${name}`}]})),
  }),
  environment: 'shop',
}
const slot = (name: string, role: SlotView['role'], version: string | undefined): SlotView => ({
  name,
  role,
  version,
  instances: [
    {
      id: `${name}-1`,
      slot: name,
      host: 'localhost',
      url: `http://${name}`,
      health: '/health',
      version,
      state: version === undefined ? 'down' : 'up',
      reason: version === undefined ? 'does not answer: ECONNREFUSED' : 'answers',
    },
  ],
})
const slots = [slot('blue', 'idle', '1.0'), slot('green', 'live', '2.0')]

test('a slot is due when its time is over, once', () => {
  const memory = forgetfulMemory()
  const due = (now: number) => dueSlots([release], memory, now)
  expect(due(UNTIL)).toEqual([])
  noteKept(memory, 'release/shop/web', kept)
  expect(due(UNTIL - 1)).toEqual([])
  expect(due(UNTIL)).toEqual([
    {environment: 'shop', release: 'web', slot: 'blue', reason: 'keepOldSlot (1d) is over: run r-1 left 1.0 on blue'},
  ])
  noteKept(memory, 'release/shop/web', {...kept, ended: UNTIL + 5})
  expect(due(UNTIL + 10)).toEqual([])
})

test('what a run starts on a kept slot is not due by the time of what was there before', () => {
  const memory = forgetfulMemory()
  const started = {version: '3.0', until: UNTIL + 9, run: 'r-2'}
  for (const before of [kept, {...kept, ended: UNTIL}, {...kept, version: '3.0', ended: UNTIL}]) {
    noteKept(memory, 'release/shop/web', startedAgain(before, started))
    expect(dueSlots([release], memory, UNTIL + 8)).toEqual([])
    expect(dueSlots([release], memory, UNTIL + 9)).toMatchObject([{reason: expect.stringContaining('r-2 left 3.0')}])
  }
  expect(startedAgain(kept, {...started, version: '1.0'})).toEqual(kept)
})

test('a kept slot that becomes live again is kept no longer', () => {
  const memory = forgetfulMemory()
  noteKept(memory, 't', kept)
  noteLive(memory, 't', {slot: 'green', version: '2.0', at: 1, run: 'r-2'})
  expect(readLeft(memory, 't').kept).toEqual(kept)
  noteLive(memory, 't', {slot: 'blue', version: '1.0', at: 1, run: 'r-3'})
  expect(readLeft(memory, 't').kept).toBeNull()
})

describe('what may be ended', () => {
  const endable = (left: Kept | null, seen: readonly SlotView[] = slots, early = false, now = UNTIL) =>
    endableSlot(seen, {...NOTHING, kept: left}, {now, early})
  test('is the kept slot when its time is over, or early when that is asked for', () => {
    const blue = {slot: 'blue', version: '1.0', live: {slot: 'green', version: '2.0'}, run: 'r-1'}
    expect(endable(kept)).toMatchObject(blue)
    expect(endable(kept, slots, true, 0)).toMatchObject(blue)
    // It may have died meanwhile: ending it takes it out of the load balancer for good.
    expect(endable(kept, [slot('blue', 'idle', undefined), slot('green', 'live', '2.0')])).toMatchObject(blue)
  })
  test.each<[string, Kept | null, readonly SlotView[], RegExp]>([
    ['nothing was kept', null, slots, /no slot is kept/],
    ['it was ended already', {...kept, ended: 1}, slots, /no slot is kept/],
    ['its time is not over', {...kept, until: UNTIL + 1}, slots, /1\.0 on blue is kept until 2026-11-26 12:00 UTC/],
    [
      'it takes the traffic',
      kept,
      [slot('blue', 'live', '1.0'), slot('green', 'idle', '2.0')],
      /blue takes the traffic/,
    ],
    [
      'somebody else put another version there',
      kept,
      [slot('blue', 'idle', '3.0'), slots[1]!],
      /blue runs 3\.0, which no/,
    ],
  ])('is nothing when %s', (_, left, seen, reason) => {
    expect(() => endable(left, seen)).toThrow(reason)
  })
})

test('how long there is a way back, and when there was one, is said', () => {
  expect(rollbackReadiness(slots, {...NOTHING, kept}).reason).toBe(
    '1.0 runs on blue, healthy, without traffic, kept until 2026-11-26 12:00 UTC',
  )
  const ended = {...NOTHING, kept: {...kept, ended: UNTIL}}
  expect(rollbackReadiness([slot('blue', 'idle', undefined), slots[1]!], ended)).toMatchObject({
    ready: false,
    reason: '1.0 on blue was ended at 2026-11-26 12:00 UTC, when its time was over',
  })
  expect(keptWords(ended, 'green')).toBeUndefined()
  expect(keptWords({kept: {...kept, ended: UNTIL - 1}}, 'blue')).toMatch(/ended at .+, before its time was over$/)
})
