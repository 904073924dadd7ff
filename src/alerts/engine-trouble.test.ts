import {expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import {webTarget} from '../../test/web-target.ts'
import type {AuditEntry} from '../audit/record.ts'
import type {Channel, Notification} from './channels/channel.ts'
import {alertsSchema} from './config.ts'
import {createAlertEngine} from './engine.ts'
import {memoryAlertStore} from './memory-alert-store.ts'
import type {AlertTarget} from './alert-target.ts'

const config = alertsSchema.parse({})

test('a full disk or an unwritable audit log keeps nobody from being notified, once, and is reported', async () => {
  const time = fakeTime()
  const sent: Notification[] = []
  const alertStore = {
    ...memoryAlertStore(),
    save: () => {
      throw new Error('disk full')
    },
  }
  const channel: Channel = {name: 'p', severities: ['critical'], timeoutMs: 5000, deliver: async n => void sent.push(n)}
  const engine = createAlertEngine({
    config,
    alertStore,
    channels: [channel],
    clock: time,
    record: () => {
      throw new Error('audit away')
    },
  })
  const target: AlertTarget = {
    target: 'service/e/web',
    kind: 'service',
    environment: 'e',
    name: 'web',
    intervalMs: 1000,
    state: 'down',
    since: time.now(),
    failures: 3,
    flapping: false,
    sample: undefined,
    watchedSince: 0,
  }
  for (let round = 0; round < 5; round += 1) {
    expect(() => engine.evaluate([target], time.now(), true)).toThrow('disk full')
    await engine.flushed()
    await time.advance(1000)
  }
  expect(sent).toHaveLength(1)
})

test('when another process watches by now, nothing is decided, recorded or kept, and a delivery under way is given up', async () => {
  const time = fakeTime()
  const alertStore = memoryAlertStore()
  const records: AuditEntry[] = []
  const answers: (() => void)[] = []
  const aborted: boolean[] = []
  const deliver: Channel['deliver'] = (_, signal) =>
    new Promise((resolve, reject) => {
      answers.push(resolve)
      signal.addEventListener('abort', () => {
        aborted.push(true)
        reject(new Error('aborted'))
      })
    })
  let mine = true
  const channel: Channel = {name: 'pager', severities: ['critical'], timeoutMs: 60_000, deliver}
  const record = (entry: AuditEntry): void => void records.push(entry)
  const engine = createAlertEngine({
    config,
    alertStore,
    channels: [channel],
    clock: time,
    record,
    mayAct: () => mine,
  })
  const down = webTarget({state: 'down', failures: 3, since: time.now(), watchedSince: 0, at: time.now()})
  engine.evaluate([down], time.now(), true)
  expect(answers).toHaveLength(1)
  const kept = JSON.stringify(alertStore.since(0))
  const recorded = records.length
  mine = false
  // It is answered only now: what came of it is for the other one to find out.
  answers[0]?.()
  await engine.flushed()
  engine.evaluate([{...down, state: 'up', failures: 0}], time.now(), true)
  expect([JSON.stringify(alertStore.since(0)), records.length, answers.length]).toEqual([kept, recorded, 1])

  mine = true
  engine.evaluate([down], time.now(), true)
  expect(answers).toHaveLength(2)
  mine = false
  engine.letGo()
  await engine.flushed()
  expect(aborted.length).toBeGreaterThan(0)
  expect(JSON.stringify(alertStore.since(0))).toBe(kept)
  mine = true
  engine.evaluate([down], time.now(), true)
  expect(answers).toHaveLength(3)
  answers[2]?.()
  await engine.flushed()
  expect(JSON.stringify(alertStore.since(0))).not.toBe(kept)
})
