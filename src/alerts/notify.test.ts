import {expect, test} from 'vitest'
import type {Severity} from './severity.ts'
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
