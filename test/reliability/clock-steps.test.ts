import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Notification} from '../../src/alerts/channels/channel.ts'
import {alertsSchema} from '../../src/alerts/config.ts'
import {createAlertEngine} from '../../src/alerts/engine.ts'
import {memoryAlertStore} from '../../src/alerts/memory-alert-store.ts'
import {newestGood} from '../../src/backups/judge-catalog.ts'
import {clockSkew} from '../../src/backups/moment.ts'
import type {BackupEntry} from '../../src/backups/rows.ts'
import {createMonitor} from '../../src/monitors/monitor.ts'
import type {ProbeResult, Target} from '../../src/monitors/sample.ts'
import {monitorLease} from '../../src/store/lease.ts'
import {openStore, type Store} from '../../src/store/open.ts'
import {sampleHistory} from '../../src/store/samples.ts'
import {fakeTime} from '../fake-time.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from './sample.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const INTERVAL_MS = 5000
/** Three failed probes, one of them doubted and made again, and the sweep that sees it. */
const FOUND_WITHIN_MS = 4 * INTERVAL_MS + 4000
const up: ProbeResult = {status: 'up', reason: 'ok', latencyMs: 1, checks: [], values: {}}
const down: ProbeResult = {...up, status: 'down', reason: 'connection refused'}

type Time = ReturnType<typeof fakeTime>
const EVENTS: readonly (readonly [string, (time: Time, random: number) => void])[] = [
  ['the clock is set an hour forward', time => time.jump(HOUR)],
  ['the clock is set an hour back', time => time.jump(-HOUR)],
  ['the clock is set three days forward', time => time.jump(3 * DAY)],
  ['the clock is set three days back', time => time.jump(-3 * DAY)],
  ['it stands still for 12 s to 10 min', (time, random) => time.stall(12_000 + Math.floor(random * 588_000))],
  [
    'the machine sleeps for 12 s to 10 min',
    (time, random) => {
      time.jump(12_000 + Math.floor(random * 588_000))
    },
  ],
  ['summer time ends', () => undefined],
]
/** Half an hour before clocks in Berlin go from 03:00 to 02:00. */
const SUMMER_ENDS = Date.UTC(2026, 9, 25, 0, 30)

let dir: string
let store: Store
const zone = process.env['TZ']
beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin'
  dir = mkdtempSync(path.join(os.tmpdir(), 'ops-steps-'))
  store = openStore(dir)
})
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
  store.close()
  rmSync(dir, {recursive: true, force: true})
})

/** A monitor with its alerts, over two targets of which one can be broken. */
function watching(seed: number, start: number) {
  const time = fakeTime(start)
  const sent: Notification[] = []
  let broken = false
  const target = (name: string, probe: Target['probe']): Target => ({
    id: `service/e${seed}/${name}`,
    kind: 'service',
    environment: `e${seed}`,
    name,
    intervalMs: INTERVAL_MS,
    timeoutMs: 1000,
    probe,
  })
  const channel = {
    name: 'pager',
    severities: ['critical', 'warning', 'info'] as const,
    timeoutMs: 1000,
    deliver: async (notification: Notification) => void sent.push(notification),
  }
  const monitor = createMonitor({
    targets: [target('well', async () => up), target('ill', async () => (broken ? down : up))],
    history: sampleHistory(store.database),
    clock: time,
    timers: time,
    random: randomFrom(seed),
    lease: monitorLease(store.database, 'agent'),
    alerts: createAlertEngine({
      config: alertsSchema.parse({groupInterval: '10s'}),
      alertStore: memoryAlertStore(),
      channels: [channel],
      clock: time,
      record: () => undefined,
    }),
  })
  return {
    time,
    monitor,
    sent: () => sent.map(({id, state}) => `${id.split('/').at(-1)} ${state}`),
    set: (to: boolean) => void (broken = to),
  }
}

describe.each(EVENTS)('when %s', (name, happen) => {
  const count = countOf('W6')
  test(`nothing is alerted falsely, nothing that is down is silent: ${count} moments`, async () => {
    for (let seed = seedOr(1); seed < seedOr(1) + count; seed += 1) {
      const random = randomFrom(seed)
      const upTo = (ms: number): number => Math.floor(random() * ms)
      const start = name === 'summer time ends' ? SUMMER_ENDS + upTo(HOUR) : Date.UTC(2026, 10, 26, 12) + upTo(DAY)
      const {time, monitor, sent, set} = watching(seed, start)
      monitor.start()
      await time.advance(20_000 + upTo(40_000))
      const already = random() < 0.5
      set(already)
      if (already) await time.advance(FOUND_WITHIN_MS + upTo(20_000))
      const before = already ? ['ill firing'] : []
      expect({seed, sent: sent()}).toEqual({seed, sent: before})
      happen(time, random())
      await time.advance(30_000)
      expect({seed, after: sent()}).toEqual({seed, after: before})
      set(true)
      await time.advance(FOUND_WITHIN_MS)
      expect({seed, down: sent()}).toEqual({seed, down: ['ill firing']})
      set(false)
      await time.advance(30_000)
      expect({seed, ended: sent()}).toEqual({seed, ended: ['ill firing', 'ill resolved']})
      await monitor.stop()
    }
  })

  test('the newest backup is never an older one than that of a clock that was right', () => {
    for (let seed = seedOr(1); seed < seedOr(1) + count; seed += 1) {
      const random = randomFrom(seed)
      const steps = [0, 0, 0, HOUR, -HOUR, 3 * DAY, -3 * DAY]
      let trueAt = Date.UTC(2026, 10, 1)
      const taken = Array.from({length: 12}, (_, index) => {
        trueAt += HOUR + random() * DAY
        const offset = steps[Math.floor(random() * steps.length)] ?? 0
        const takenAt = trueAt + offset
        const skew = clockSkew(takenAt, new Date(trueAt).toISOString())
        const dated = {id: `b${index}`, takenAt, ...(skew === undefined ? {} : {clockSkewMs: skew}), state: 'good'}
        return {trueAt, offset, entry: dated as unknown as BackupEntry}
      })
      const newest = newestGood(
        taken.map(({entry}) => entry),
        trueAt + HOUR,
      )
      const shown = taken.find(({entry}) => entry.id === newest?.id)?.trueAt ?? 0
      const right = Math.max(0, ...taken.filter(({offset}) => offset === 0).map(each => each.trueAt))
      expect({seed, older: shown < right}).toEqual({seed, older: false})
    }
  })
})
