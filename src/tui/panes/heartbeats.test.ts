import {expect, test} from 'vitest'
import {opened, worldOf} from '../../../test/tui/keys.ts'
import {shop} from '../../../test/tui/shop.ts'
import {MINUTE, NOW, SECOND} from '../../../test/tui/shop-events.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import type {Series} from '../../monitors/series.ts'
import {frame} from '../screens/frame.ts'

const [job] = shop.heartbeats
const [alert] = shop.alerts
if (job === undefined || alert === undefined) throw new Error('the shop has no heartbeat or no alert')
const late = {...job, state: 'down' as const, reason: 'missing: expected 03:10 UTC', missingAfterMs: 10 * SECOND}
const missing: AlertRow = {
  ...alert,
  id: 'h1',
  rule: 'down',
  state: 'firing',
  target: 'heartbeat/production/invoices',
  since: NOW - 3 * MINUTE,
  acknowledged: undefined,
  runbook: {name: 'restart', params: {}},
}
const silence: Series = {
  values: Array.from({length: 60}, (_, at) => (at % 12) * SECOND),
  at: NOW,
  stepMs: 5 * SECOND,
  figure: {title: 'Time since the last success', measurement: 'sinceSuccessMs', limit: 10 * SECOND, worse: 'above'},
}

function screen(columns: number, rows: number): readonly string[] {
  const world = worldOf({...shop, heartbeats: [late], alerts: [...shop.alerts, missing]})
  const series = {...silence, noun: 'heartbeats', name: 'invoices', range: '5m'} as const
  const state = opened(
    {columns, rows, screens: [{kind: 'overview'}, {kind: 'list', noun: 'heartbeats'}]},
    {...world, series},
  )
  return frame(state).map(each => each.map(({text}) => text).join(''))
}

test.each([
  [120, 40],
  [200, 60],
])(
  'at %i×%i a missing heartbeat is seen with how long it is silent, who knows, and how its job reports',
  (columns, rows) => {
    const text = screen(columns, rows).join('\n')
    expect(text).toMatch(/Time since the last success {2}5m {2}0ms – 11s {2}above 10s is a breach/)
    expect(text).toMatch(/└─/)
    expect(text).toMatch(/✘ critical {2}down {2}3m {2}suggested runbook: restart/)
    expect(text).toContain('opsconsole heartbeat invoices --start')
    expect(text).toContain('opsconsole heartbeat invoices --exit-code $?')
  },
)

test.each([
  [120, 40],
  [120, 30],
])('at %i×%i what it has room for is used', (columns, rows) => {
  expect(screen(columns, rows).filter(text => /^│ +│$/.test(text)).length).toBeLessThan(6)
})
