import {describe, expect, test} from 'vitest'
import type {Snapshot} from '../../src/overview/snapshot.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import type {UiState} from '../../src/tui/state/ui.ts'
import {deeds, letters, opened, press, worldOf} from './keys.ts'
import {HOUR, letter, NOW} from './shop-events.ts'
import {forbiddenShop, shop} from './shop.ts'

const textOf = (state: UiState): string =>
  frame(state)
    .map(each => each.map(part => part.text).join(''))
    .join('\n')

const ALERT_END = NOW - 2 * HOUR
const known: Snapshot = {
  ...shop,
  alerts: shop.alerts.map(alert =>
    alert.id !== 'a4'
      ? alert
      : {
          ...alert,
          deliveries: [
            {channel: 'pager', state: 'delivered', at: NOW - 8 * HOUR},
            {
              channel: 'team-chat',
              state: 'given up: no channel accepted it',
              at: NOW - 9 * HOUR,
              undelivered: ALERT_END,
            },
          ],
        },
  ),
  undelivered: [letter('r-1'), letter('r-2', {channel: 'team-chat', at: NOW - HOUR})],
}
const atAlerts = (snapshot = known, size = {columns: 120, rows: 40}): UiState =>
  press(opened(size, worldOf(snapshot)), 'g', 'a').state
const SENT = {r1: {id: 'run/production/r-1', channel: 'pager', at: NOW - 3 * HOUR}}

describe('notifications of runs that nobody took', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])(
    'are rows beside alerts at %i columns, after what is open and before what is over, the newest first',
    (columns, rows) => {
      const text = textOf(atAlerts(known, {columns, rows}))
      const order = ['service checkout', 'cache pages', 'team-chat was', 'pager was', 'backup media-weekly']
      const places = order.map(words => text.indexOf(words))
      expect(places).toEqual(places.toSorted((one, other) => one - other))
      expect(places).not.toContain(-1)
      expect(text).toContain('▲ undelivered')
      expect(text).not.toContain('send again')
    },
  )

  test('are no alerts: none is counted, and none can be acknowledged or silenced', () => {
    const alone = atAlerts({...known, alerts: []})
    expect(textOf(alone)).toContain('2 undelivered')
    for (const key of ['a', 's']) expect(press(alone, key).state.overlay).toBeUndefined()
  })

  test('are offered what can be done with them, and no more; a key that is pressed all the same says why not', () => {
    const alone = atAlerts({...known, alerts: []})
    expect(textOf(alone)).toContain('t send again')
    expect(textOf(alone)).not.toMatch(/a acknowledge|s silence/)
    expect(textOf(press(alone, 'a').state)).toContain('it is a notification that nobody took, not an alert')
    expect(textOf(atAlerts())).toMatch(/a acknowledge {2}s silence/)
  })

  test('say what they said, to whom, and why nobody took it', () => {
    const text = textOf(press(atAlerts(), 'down', 'down', 'down', 'down', 'enter').state)
    expect(text).toContain('RUN FAILED production: run of deploy failed')
    expect(text).toMatch(/why +HTTP 503/)
    expect(text).toMatch(/to +pager/)
  })

  test('`t` sends the selected one, after a question that says what it leads to', () => {
    const chosen = press(atAlerts(), 'down', 'down', 'down', 'down').state
    expect(textOf(chosen)).toMatch(/t send again/)
    const asked = press(chosen, 't')
    expect(deeds(asked)).toEqual([])
    expect(textOf(asked.state)).toContain('Send this notification again?')
    expect(textOf(asked.state)).toContain('pager: RUN FAILED production')
    expect(textOf(asked.state)).toMatch(/is sent once, now, with the words that it had then/)
    expect(deeds(press(asked.state, 'enter'))).toEqual([])
    expect(deeds(press(asked.state, 'esc'))).toEqual([])
    expect(deeds(press(asked.state, 'y', 'enter'))).toEqual([{type: 'send again', letters: [SENT.r1], reason: ''}])
    const reasoned = press(asked.state, 'tab', ...letters('he must know'), 'enter', 'y', 'enter')
    expect(deeds(reasoned)).toEqual([{type: 'send again', letters: [SENT.r1], reason: 'he must know'}])
  })

  test('marked ones go together, the end of an alert that nobody took among them', () => {
    const marked = press(atAlerts(), 'down', 'down', 'down', 'space', 'space', 'space', 't')
    expect(textOf(marked.state)).toContain('Send 3 notifications again?')
    expect(deeds(press(marked.state, 'y', 'enter'))).toEqual([
      {
        type: 'send again',
        letters: [
          {id: 'run/production/r-2', channel: 'team-chat', at: NOW - HOUR},
          SENT.r1,
          {id: 'a4', channel: 'team-chat', at: ALERT_END},
        ],
        reason: '',
      },
    ])
  })

  test.each(['flag', 'policy'] as const)('forbidden by the %s, nothing is sent', by => {
    const {undelivered = []} = known
    const state = atAlerts({...forbiddenShop(by), alerts: [], undelivered})
    expect(press(state, 't').state.overlay).toBeUndefined()
  })
})
