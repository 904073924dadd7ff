import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {RUN} from '../../test/tui/fake-port.ts'
import {opened, worldOf} from '../../test/tui/keys.ts'
import {runRow} from '../../test/tui/shop-events.ts'
import {shop} from '../../test/tui/shop.ts'
import {framePace} from './frame-pace.ts'
import {runScreen} from './state/navigate.ts'
import {watchPort} from './watch-port.ts'

const calm = {...shop, runs: []}

beforeEach(() => vi.useFakeTimers({now: 1_000_000_000_000}))
afterEach(() => vi.useRealTimers())

function watched(frameMs: number | (() => number)) {
  let [reads, changed] = [0, (): void => {}]
  const stop = watchPort(
    {
      subscribe: listener => {
        changed = listener
        return () => {}
      },
    },
    () => {
      reads += 1
    },
    frameMs,
  )
  return {
    stop,
    changed: () => changed(),
    /** Reads within so many ms. */
    within: (ms: number): number => {
      reads = 0
      vi.advanceTimersByTime(ms)
      return reads
    },
  }
}

test('where nothing changes it is read once a second, with the second', () => {
  const {stop, within} = watched(250)
  vi.advanceTimersByTime(500)
  expect(within(10_000)).toBe(10)
  stop()
  expect(within(10_000)).toBe(0)
})

test('many changes are one reading a frame, and the clock needs none of its own', () => {
  const {stop, changed, within} = watched(250)
  const ringing = setInterval(changed, 20)
  vi.advanceTimersByTime(1000)
  expect(within(10_000)).toBe(40)
  clearInterval(ringing)
  stop()
})

test('what is followed is read soon, at most once a frame', () => {
  const {stop, changed, within} = watched(() => 83)
  vi.advanceTimersByTime(500)
  changed()
  expect(within(1)).toBe(1)
  changed()
  expect(within(50)).toBe(0)
  expect(within(40)).toBe(1)
  stop()
})

test('a minute in which nobody presses a key: 60 readings, however often probes come', () => {
  const {stop, changed, within} = watched(() => framePace(opened({}, worldOf(calm))))
  const ringing = setInterval(changed, 160)
  vi.advanceTimersByTime(1500)
  expect(within(60_000)).toBe(60)
  clearInterval(ringing)
  stop()
})

test('a run that goes on is shown more often, on its own screen as it comes; a slow link less often', () => {
  const going = worldOf({...shop, runs: [runRow(RUN, {state: 'running', endedAt: undefined})]})
  const onScreen = opened({screens: [{kind: 'overview'}, runScreen(RUN)]}, going)
  const paces = [opened({}, worldOf(calm)), opened({}, going), onScreen].map(state => framePace(state))
  expect(paces).toEqual([1000, 500, 83])
  expect(framePace(onScreen, true)).toBe(2000)
})
