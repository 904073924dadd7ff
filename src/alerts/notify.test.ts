import {expect, test} from 'vitest'
import type {Severity} from './severity.ts'
import {deliveryAfter} from './delivery.ts'
import {decideNotifications} from './notify.ts'
import type {Alert, DeliveryState} from './state.ts'

const NOW = 1_800_000_000_000
const CHANNELS = [
  {name: 'pager', severities: ['critical'] as readonly Severity[], fallback: 'mail'},
  {name: 'mail', severities: [] as readonly Severity[]},
]

/** What each channel is to hear of a fire, of which the pager was told in vain so many times. */
function decided(attempts: number) {
  const delivery: DeliveryState = {
    channel: 'pager',
    notified: undefined,
    notifiedFlapping: false,
    wanted: 'firing',
    attempts,
    nextAt: NOW,
    outcome: 'failed: 503',
    at: NOW,
  }
  const alert = {
    id: 'down:service/prod/web',
    rule: 'down',
    severity: 'critical',
    state: 'firing',
    since: NOW,
    firedAt: NOW,
    fired: [NOW],
    deliveries: attempts === 0 ? [] : [delivery],
  } as unknown as Alert
  return decideNotifications(alert, CHANNELS, {groupIntervalMs: 300_000, now: NOW}).map(each =>
    each.deliver ? [each.channel, each.fallbackFor ?? 'itself'] : [each.channel, each.reason],
  )
}

test('a channel that failed twice has its fallback notified as well, whatever that one wants else', () => {
  const alone = [
    ['pager', 'itself'],
    ['mail', 'severity'],
  ]
  expect([decided(0), decided(1)]).toEqual([alone, alone])
  expect(decided(2)).toEqual([
    ['pager', 'itself'],
    ['mail', 'pager'],
  ])
})

test('what an Alertmanager told of is not sent back to one, and what others tell of is', () => {
  const fires = {id: 'x', severity: 'critical', state: 'firing', since: NOW, firedAt: NOW, fired: [NOW], deliveries: []}
  const to = [{name: 'am', severities: ['critical'] as const, type: 'alertmanager'}]
  const intake = [
    {name: 'theirs', type: 'alertmanager'},
    {name: 'falco', type: 'falco'},
  ] as const
  const reasonOf = (source?: string): string => {
    const alert = {...fires, source} as unknown as Alert
    const [decision] = decideNotifications(alert, to, {groupIntervalMs: 300_000, now: NOW, intake})
    return decision?.deliver ? 'sent' : (decision?.reason ?? '')
  }
  expect([reasonOf(), reasonOf('falco'), reasonOf('theirs')]).toEqual(['sent', 'sent', 'origin'])
})

/** Fired again just now; five minutes ago the pager did not take the time before, four times, and waits for the fifth attempt. */
function firedAgain(fired: readonly number[]) {
  const delivery: DeliveryState = {
    channel: 'pager',
    notified: undefined,
    notifiedFlapping: false,
    wanted: 'firing',
    attempts: 4,
    nextAt: NOW + 90_000,
    outcome: 'failed: 503 (attempt 4, the next in 2m)',
    at: NOW - 300_000,
    held: {kind: 'dropped', reason: 'never notified', words: 'it resolved before a notification got through'},
  }
  const [since, firedAt] = [NOW - 1_000, NOW - 1_000]
  return {
    id: 'down:service/prod/web',
    rule: 'down',
    severity: 'critical',
    state: 'firing',
    since,
    firedAt,
    fired,
    deliveries: [delivery],
  } as unknown as Alert
}
const tried = (alert: Alert) =>
  decideNotifications(alert, CHANNELS.slice(0, 1), {groupIntervalMs: 300_000, now: NOW}).map(each => each.deliver)

test('an alert that fires anew is tried at once, however long its channel did not take the time before', () => {
  expect(tried(firedAgain([NOW - 300_000, NOW - 1_000]))).toEqual([true])
})

test('one that flaps waits as long as the attempts before it say', () => {
  expect(tried(firedAgain([NOW - 200_000, NOW - 100_000, NOW - 1_000]))).toEqual([false])
})

test('attempts of a new time are counted anew, so the next ones come soon', () => {
  const [before] = firedAgain([]).deliveries
  const failed = {channel: 'pager', wanted: 'firing', error: '503', flapping: false, began: NOW - 1_000} as const
  const first = deliveryAfter(before, failed, 300_000, NOW)
  expect(first).toMatchObject({attempts: 1, nextAt: NOW + 1_000})
  expect(deliveryAfter(first, failed, 300_000, NOW + 1_000)).toMatchObject({attempts: 2, nextAt: NOW + 6_000})
  expect(deliveryAfter(before, {...failed, flapping: true}, 300_000, NOW)).toMatchObject({attempts: 5})
})
