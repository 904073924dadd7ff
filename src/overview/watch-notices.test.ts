import {expect, test} from 'vitest'
import {keepUndelivered, keptLetters, markSent, type Undelivered} from '../alerts/letters.ts'
import {memoryAlertStore} from '../alerts/memory-alert-store.ts'
import type {Alert, DeliveryState} from '../alerts/state.ts'
import {forgetfulRecords} from '../kinds/records.ts'
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
function noticesOf(
  deliveries: readonly DeliveryState[],
  changed: readonly (number | undefined)[] = [],
  records = forgetfulRecords(),
) {
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
  return watchNotices(CHANNELS, {
    alertStore,
    letters: keptLetters(records, 0),
    environment: {name: 'prod'},
    history: history as History,
    now: NOW,
  }).map(({level, text}) => `${level}: ${text}`)
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

test('what could not be told of runs is said for a day, until somebody sends it', () => {
  const records = forgetfulRecords()
  const letter = (id: string, environment: string, age: number): Undelivered => ({
    id,
    channel: 'pager',
    environment,
    at: NOW - age,
    why: '503',
    notification: {summary: `run of ${id} failed`} as Undelivered['notification'],
  })
  const [old, first, second] = [letter('a', 'prod', 90_000_000), letter('b', 'prod', 2000), letter('c', 'prod', 1000)]
  for (const each of [old, first, second, letter('d', 'staging', 500)]) keepUndelivered(records, each)
  expect(noticesOf([], [], records)).toEqual([
    'warning: 2 notifications of runs could not be delivered, the newest to pager: run of c failed; opsconsole alerts retry run/ sends again',
  ])
  markSent(records, second, 'ann', NOW)
  expect(noticesOf([], [], records)).toEqual([expect.stringMatching(/^warning: a notification of runs .*run of b /)])
  markSent(records, first, 'ann', NOW)
  expect(noticesOf([], [], records)).toEqual([])
})
