import {describe, expect, test} from 'vitest'
import {opened, press, worldOf} from '../../../test/tui/keys.ts'
import {NOW} from '../../../test/tui/shop-events.ts'
import {shop} from '../../../test/tui/shop.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import {frame} from '../screens/frame.ts'
import type {ShownSeries} from '../state/world.ts'

const CHANNELS = ['hook', 'log', 'phone', 'pager', 'mail', 'script']

/** Of twenty that fire the first is selected; of it it is known what its rule judges, and six channels were told. */
function alertsAt(columns: number, rows: number, deliveries?: AlertRow['deliveries']): string {
  const [some] = shop.alerts
  if (some === undefined) throw new Error('the shop has no alert')
  const alerts = Array.from({length: 20}, (_, index) => ({
    ...some,
    id: `down:service/production/web-${index}`,
    target: `service/production/web-${index}`,
    state: 'firing' as const,
    since: NOW - index * 1000,
    cause: undefined,
    labels: {team: 'shop'},
    deliveries: deliveries ?? CHANNELS.map((channel, at) => ({channel, state: 'delivered', at: NOW - at * 60_000})),
  }))
  const series: ShownSeries = {
    noun: 'alerts',
    name: alerts[0]?.id ?? '',
    range: '1h',
    values: [0, 0, 1, 2, 3, 4],
    at: NOW,
    stepMs: 30_000,
    figure: {title: 'Failed probes in a row', measurement: 'failures', limit: 2, worse: 'above'},
  }
  const {state} = press(opened({columns, rows}, {...worldOf({...shop, alerts}), series}), 'g', 'a')
  return frame(state)
    .map(each => each.map(part => part.text).join(''))
    .join('\n')
}

describe('the chart of the selected alert', () => {
  test.each([
    [120, 40],
    [120, 50],
    [200, 60],
  ])(
    'stands in its details at %i by %i however many alerts there are, whole, with its limit and times',
    (columns, rows) => {
      const text = alertsAt(columns, rows)
      expect(text).toContain('Failed probes in a row')
      expect(text).toContain('above 2 is a breach')
      expect(text).toMatch(/2┤/)
      expect(text).toMatch(/└─{20}/)
      // The facts and who was told of it are not in its place.
      expect(text).toMatch(/labels +team=shop/)
      expect(text).toContain('✓ hook')
    },
  )

  test('leaves a low screen to the facts', () => {
    const text = alertsAt(80, 24)
    expect(text).toContain('summary')
    expect(text).not.toContain('is a breach')
  })
})

test('channels of which the same is true stand in one line, and those that failed before all others', () => {
  const held = {state: 'suppressed: silenced by ann until 15:10 UTC: moving', at: NOW}
  const text = alertsAt(120, 40, [
    {channel: 'hook', ...held},
    {channel: 'log', ...held},
    {channel: 'mail', state: 'failed: connection refused', at: NOW},
  ])
  expect(text).toContain('▲ hook, log  suppressed: silenced by ann')
  expect(text.indexOf('▲ mail')).toBeLessThan(text.indexOf('▲ hook'))
})
