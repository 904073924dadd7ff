import {expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import {randomFrom} from '../../test/program/random.ts'
import {webTarget} from '../../test/web-target.ts'
import type {AuditEntry} from '../audit/record.ts'
import type {ServiceState} from '../monitors/sample.ts'
import type {Notification} from './channels/channel.ts'
import {alertsSchema} from './config.ts'
import {createAlertEngine} from './engine.ts'
import {memoryAlertStore} from './memory-alert-store.ts'

const TICK_MS = 30_000
const STATES: readonly ServiceState[] = ['up', 'up', 'down', 'down', 'degraded', 'no data']
const HELD = ['severity', 'acknowledged', 'group interval', 'flapping', 'never notified', 'too old']

/** A receiver and a target that do as chance has it, and what became of it. */
function live(seed: number) {
  const random = randomFrom(seed)
  const pick = <Of>(all: readonly Of[]): Of => all[Math.floor(random() * all.length)] as Of
  const time = fakeTime()
  const alertStore = memoryAlertStore()
  const heard: Notification[] = []
  const records: AuditEntry[] = []
  let refuses = false
  const channel = {
    name: 'pager',
    severities: ['critical', 'warning'] as const,
    timeoutMs: 1000,
    deliver: async (notification: Notification) => {
      if (refuses) throw new Error('503')
      heard.push(notification)
    },
  }
  const engine = createAlertEngine({
    config: alertsSchema.parse({degradedFor: '1m', groupInterval: '2m'}),
    alertStore,
    channels: [channel],
    clock: time,
    record: entry => void records.push(entry),
  })
  const watchedSince = time.now()
  let state: ServiceState = 'up'
  let since = time.now()
  let failures = 0
  let watched = true
  const tick = async (): Promise<void> => {
    failures = state === 'down' ? failures + 1 : state === 'no data' ? failures : 0
    const target = webTarget({state, since, failures, watchedSince, at: time.now()})
    engine.evaluate(watched ? [target] : [], time.now(), true)
    await engine.flushed()
    await time.advance(TICK_MS)
  }
  const turn = (next: ServiceState): void => {
    if (next !== state) since = time.now()
    state = next
  }
  return {
    heard,
    records,
    alertStore,
    truth: () => ({state, watched}),
    /** One tick in which something may change. */
    happen: async (): Promise<void> => {
      if (random() < 0.4) turn(pick(STATES))
      if (random() < 0.06) watched = !watched
      if (random() < 0.1) refuses = !refuses
      if (random() < 0.05)
        for (const {id} of alertStore.since(Infinity)) alertStore.acknowledge(id, {by: 'ada', at: time.now(), note: ''})
      await tick()
    },
    /** Two and a half hours in which nothing changes and everything is taken. */
    calm: async (): Promise<void> => {
      refuses = false
      for (let count = 0; count < 300; count += 1) await tick()
    },
  }
}

const isBreach = (rule: string, state: ServiceState): boolean => rule === state
const EVERY = Array.from({length: 60}, (_, seed) => seed + 20_261_126)

test.each(EVERY)(
  'whatever happens, nobody hears of a false end and nothing that lasts is silent (seed %i)',
  async seed => {
    const {heard, records, alertStore, happen, calm, truth} = live(seed)
    let ended = 0
    for (let count = 0; count < 120; count += 1) {
      await happen()
      // An end is of its own moment: what is recorded in this tick is judged by what is so in this tick.
      for (const {action, target} of records.slice(ended)) {
        const rule = /^alert ([a-z-]+):/.exec(target)?.[1]?.replace('-', ' ') ?? ''
        const {state, watched} = truth()
        if (action === 'alert removed') expect(watched).toBe(false)
        if (action === 'alert superseded') expect([rule === 'down', state]).toEqual([false, 'down'])
        if (action === 'alert resolved') expect([watched, isBreach(rule, state)]).toEqual([true, false])
        if (action === 'alert resolved' && rule !== 'down') expect(state).not.toBe('down')
      }
      ended = records.length
      for (const alert of alertStore.since(0))
        for (const {held} of alert.deliveries) {
          if (held === undefined) continue
          expect(HELD).toContain(held.reason)
          expect(held.words).not.toBe('')
        }
    }
    await calm()
    const stories = Map.groupBy(heard, ({id}) => id)
    for (const story of stories.values()) {
      const words = story.map(({state, flapping}) => (state === 'firing' ? (flapping ? 'flapping' : 'firing') : 'end'))
      expect(words[0], 'nobody hears of the end of what he never heard of').not.toBe('end')
      expect(words.join(' '), 'no end twice').not.toMatch(/end end/)
      for (const {reason} of story) expect(reason).not.toBe('')
    }
    for (const alert of alertStore.since(0)) {
      const last = stories.get(alert.id)?.at(-1)?.state
      const fired = alert.state === 'firing'
      if (fired && alert.acknowledged === undefined) expect([alert.id, last]).toEqual([alert.id, 'firing'])
      if (!fired && last !== undefined) expect([alert.id, last === 'firing']).toEqual([alert.id, false])
    }
    const {state, watched} = truth()
    const firing = alertStore.since(Infinity).filter(alert => alert.state === 'firing')
    expect(firing.map(({rule}) => rule)).toEqual(
      !watched || state === 'up' ? [] : expect.arrayContaining([expect.any(String)]),
    )
  },
)
