import {expect, test} from 'vitest'
import type {Target} from './sample.ts'
import {startProbe} from './start-probe.ts'

const clock = {now: () => 0, monotonic: () => 0}
const stalls = {begin: () => () => 0}
const up = {status: 'up', reason: '200 OK', latencyMs: 1, checks: [], values: {}} as const

function targetOf(probe: Target['probe']): Target {
  const place = {id: 'service/e/web', kind: 'service', environment: 'e', name: 'web'} as const
  return {...place, intervalMs: 30_000, timeoutMs: 5_000, probe}
}

/** Timers that are set, the ones that are forgotten, and a way to let one fire. */
function countedTimers() {
  const set: {readonly ms: number; readonly run: () => void; forgotten: boolean}[] = []
  const timers = {
    after(ms: number, run: () => void) {
      const timer = {ms, run, forgotten: false}
      set.push(timer)
      return () => {
        timer.forgotten = true
      }
    },
  }
  return {set, timers}
}

test('a probe that is in time sets one timer, and forgets it', async () => {
  const {set, timers} = countedTimers()
  const probe = startProbe(
    targetOf(() => Promise.resolve(up)),
    {clock, timers, stalls},
  )
  expect(await probe.outcome).toEqual({probed: true, result: up, disturbed: false})
  await probe.ended
  expect(set.map(({ms, forgotten}) => [ms, forgotten])).toEqual([[5_000, true]])
})

test('one that ignores its deadline is left half a second after it', async () => {
  const {set, timers} = countedTimers()
  let heard: AbortSignal | undefined
  const stuck = targetOf(signal => {
    heard = signal
    return new Promise(() => undefined)
  })
  const probe = startProbe(stuck, {clock, timers, stalls})
  set[0]?.run()
  expect(heard?.aborted).toBe(true)
  expect(set.map(({ms}) => ms)).toEqual([5_000, 500])
  set[1]?.run()
  expect(await probe.outcome).toMatchObject({probed: true, result: {status: 'down', reason: 'no answer within 5s'}})
})
