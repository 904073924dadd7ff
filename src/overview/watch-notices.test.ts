import {expect, test} from 'vitest'
import {memoryAlertStore} from '../alerts/memory-alert-store.ts'
import type {Alert, DeliveryState} from '../alerts/state.ts'
import type {History, Watched} from '../monitors/history.ts'
import type {TargetId} from '../monitors/sample.ts'
import {watchNotices} from './watch-notices.ts'

const NOW = 1_800_000_000_000
const CHANNELS = [{name: 'pager'}, {name: 'chat'}]

const delivery = (channel: string, more: Partial<DeliveryState>): DeliveryState => ({
  channel,
  notified: undefined,
  notifiedFlapping: false,
  wanted: 'firing',
  attempts: 0,
  nextAt: NOW,
  outcome: 'delivered',
  at: NOW,
  ...more,
})
const failed = (channel: string, attempts: number): DeliveryState =>
  delivery(channel, {attempts, outcome: `failed: 503 (attempt ${attempts})`})
const taken = (channel: string): DeliveryState => delivery(channel, {notified: 'firing'})

/** Targets that became down at these moments; undefined: one that is up. */
function noticesOf(deliveries: readonly DeliveryState[], changed: readonly (number | undefined)[] = []) {
  const alertStore = memoryAlertStore()
  const alert = {id: 'down:service/prod/web', state: 'firing', since: NOW, deliveries} as unknown as Alert
  alertStore.save([alert], [])
  const watched = new Map(
    changed.map((at, index) => {
      const track = {state: at === undefined ? 'up' : 'down', changes: at === undefined ? [] : [at]}
      return [`service/prod/s${index}`, {track} as unknown as Watched] as [TargetId, Watched]
    }),
  )
  const history: Pick<History, 'watched'> = {watched: () => watched}
  return watchNotices(CHANNELS, {alertStore, history: history as History, now: NOW}).map(
    ({level, text}) => `${level}: ${text}`,
  )
}

test('one failed attempt is no news, two are; the other channel still gets it out', () => {
  expect(noticesOf([failed('pager', 1), taken('chat')])).toEqual([])
  expect(noticesOf([failed('pager', 2), taken('chat')])).toEqual([
    expect.stringMatching(/^warning: .*pager failed: 503 \(attempt 2\)$/),
  ])
})

test('when the last channel is dead, the header is red', () => {
  expect(noticesOf([failed('pager', 3), failed('chat', 2)])).toEqual([
    expect.stringMatching(/^critical: no notification .*pager failed: 503 .*; chat failed: 503 /),
  ])
  expect(noticesOf([failed('pager', 3)]), 'the other one was never used').toEqual([
    expect.stringMatching(/^critical: /),
  ])
  expect(noticesOf([taken('pager'), taken('chat')])).toEqual([])
})

const at = NOW - 60_000
test.each([
  ['half of them within ten seconds', [at, at + 2000, at + 4000, at + 8000, at + 9900, ...Array(5).fill(undefined)], 1],
  ['fewer than half', [at, at, at, at, at, ...Array(6).fill(undefined)], 0],
  ['fewer than five', [at, at, at, at], 0],
  ['one after the other', [at, at + 11_000, at + 22_000, at + 33_000, at + 44_000], 0],
  ['long ago', Array(6).fill(NOW - 700_000), 0],
  ['at a moment to come', Array(6).fill(NOW + 5000), 0],
])('many that become worse at one instant may be this host: %s', (_, changed, count) => {
  const notices = noticesOf([], changed as (number | undefined)[])
  expect(notices).toHaveLength(count)
  if (count === 1) expect(notices[0]).toMatch(/^warning: 5 of 10 targets .*is this host, or its network, slow\?$/)
})
