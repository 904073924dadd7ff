import {mkdtempSync, rmSync, statSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import type {Sample, Target} from '../monitors/sample.ts'
import {createRecorder} from '../monitors/recorder.ts'
import {serviceRows} from '../services/service-rows.ts'
import {watchAt} from '../monitors/view.ts'
import {serviceSchema} from '../services/config.ts'
import type {Store} from './open.ts'
import {openStore} from './open.ts'
import {sampleHistory} from './samples.ts'

const opened: {store: Store; dir: string}[] = []
afterEach(() => {
  for (const {store, dir} of opened.splice(0)) {
    store.close()
    rmSync(dir, {recursive: true, force: true})
  }
})
const open = (dir = mkdtempSync(path.join(os.tmpdir(), 'ops-samples-'))) => {
  const store = openStore(dir)
  opened.push({store, dir})
  return {store, dir, history: sampleHistory(store.database)}
}
const target = (name: string, intervalMs = 30_000): Target => ({
  id: `service/e/${name}`,
  kind: 'service',
  environment: 'e',
  name,
  intervalMs,
  timeoutMs: 5000,
  probe: () => Promise.reject(new Error('not looked at here')),
})
const sample = (name: string, at: number, latencyMs = 10, extra: Partial<Sample> = {}): Sample => ({
  target: `service/e/${name}`,
  at,
  status: 'up',
  reason: '200 OK',
  latencyMs,
  checks: [],
  values: {},
  ...extra,
})
const START = 1_800_000_000_000
const DAY_MS = 86_400_000

describe('the history', () => {
  test('is there after a restart and in another process, with all windows', () => {
    const {history, dir} = open()
    const recorder = createRecorder(history)
    for (let at = START; at < START + 2 * DAY_MS; at += 30_000) {
      recorder.record(target('web'), sample('web', at, 10, at % 300_000 === 0 ? {status: 'down'} : {}))
      if (at % 60_000 === 0) recorder.flush()
    }
    recorder.flush()
    const end = START + 2 * DAY_MS
    const services = [
      {...serviceSchema.parse({name: 'web', probe: {type: 'tcp', host: 'h', port: 1}}), environment: 'e'},
    ]
    const [row] = serviceRows({services}, watchAt(open(dir).history, end))
    expect(row).toMatchObject({state: 'up', address: 'h:1'})
    expect(row?.windows.map(({window, samples}) => [window, samples])).toEqual([
      ['5m', 10],
      ['1h', 120],
      ['24h', expect.closeTo(2880, -2)],
      ['7d', expect.closeTo(5760, -2)],
    ])
    for (const {uptime, p50} of row?.windows ?? []) {
      expect(uptime).toBeCloseTo(0.9, 2)
      expect(p50).toBeCloseTo(10, 0)
    }
    expect(row?.latencyHistory).toHaveLength(60)
  })

  test('a second reader sees a change with its next read, and the same object while nothing changed', () => {
    const {history, dir} = open()
    const reader = open(dir).history
    expect(reader.watched().size).toBe(0)
    const recorder = createRecorder(history)
    recorder.record(target('web'), sample('web', START))
    recorder.flush()
    expect(reader.watched().get('service/e/web')?.sample?.reason).toBe('200 OK')
    expect(reader.watched()).toBe(reader.watched())
  })

  test('five minutes that were open when the holder died are rolled up by the next', () => {
    const {history, store} = open()
    const first = createRecorder(history)
    for (let at = START; at < START + 200_000; at += 20_000) first.record(target('web'), sample('web', at))
    first.flush()
    const second = createRecorder(history)
    second.record(target('web'), sample('web', START + 3 * 3_600_000))
    second.flush()
    expect(store.database.prepare('SELECT span, up FROM rollup ORDER BY span').all()).toEqual([
      {span: 0, up: 10},
      {span: 1, up: 10},
    ])
  })

  test('measurements of caches and databases are kept a probe, and forgotten targets leave nothing', () => {
    const {history, store} = open()
    const recorder = createRecorder(history)
    recorder.record(target('web'), sample('web', START, 10, {values: {hitRate: 0.5}}))
    recorder.flush()
    expect(history.points('service/e/web', 0)).toMatchObject([{values: {hitRate: 0.5}, latencyMs: 10}])
    history.forgetOld(START + 20 * DAY_MS)
    for (const table of ['target', 'watched', 'sample', 'rollup'])
      expect(store.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({n: 0})
  })

  test('a write that fails leaves nothing half written, is visible here, and is written with the next', () => {
    const {history, store} = open()
    const recorder = createRecorder(history)
    recorder.record(target('web'), sample('web', START))
    store.database.exec(`CREATE TRIGGER full BEFORE INSERT ON sample BEGIN SELECT raise(ABORT, 'no'); END`)
    expect(() => recorder.flush()).toThrow(/cannot be written/)
    expect(history.watched().size).toBe(1)
    expect(store.database.prepare('SELECT count(*) AS n FROM watched').get()).toEqual({n: 0})
    store.database.exec('DROP TRIGGER full')
    recorder.flush()
    expect(store.database.prepare('SELECT count(*) AS n FROM sample').get()).toEqual({n: 1})
  })
})

test('500 services every 30 s for 7 days need less than 150 MB, and what is too old goes by itself', () => {
  const {history, store, dir} = open()
  const recorder = createRecorder(history)
  const names = Array.from({length: 1}, (_, i) => `service-with-a-name-${i}`)
  const days = 8
  let random = 1
  for (let at = START; at < START + days * DAY_MS; at += 30_000) {
    for (const name of names) {
      random = (random * 48_271) % 2_147_483_647
      recorder.record(target(name), sample(name, at, 5 + (random % 1000) / 10))
    }
    if ((at / 30_000) % 60 === 0) recorder.flush()
  }
  recorder.flush()
  store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const bytes = statSync(path.join(dir, 'store.db')).size / names.length
  const counts = store.database
    .prepare('SELECT (SELECT count(*) FROM sample) AS points, (SELECT count(*) FROM rollup WHERE span = 0) AS spans')
    .get() as {points: number; spans: number}
  expect(counts.points / names.length).toBeLessThan(270)
  expect(counts.spans / names.length).toBeLessThanOrEqual(7 * 288 + 26)
  expect((bytes * 500) / 1024 / 1024).toBeLessThan(150)
}, 120_000)

describe('the last points', () => {
  test('stand beside the document, not in it, and are the same in another process', () => {
    const {history, dir, store} = open()
    const recorder = createRecorder(history)
    for (const n of Array.from({length: 70}).keys())
      recorder.record(target('web'), sample('web', START + n * 30_000, n / 4, n === 69 ? {status: 'down'} : {}))
    recorder.flush()
    const row = store.database.prepare('SELECT doc, length(recent) AS bytes FROM watched').get() as {
      doc: string
      bytes: number
    }
    expect(JSON.parse(row.doc)).not.toHaveProperty('recent')
    expect(row.bytes).toBeLessThan(400)
    const here = history.watched().get('service/e/web')
    const there = open(dir).history.watched().get('service/e/web')
    expect(here?.recent).toHaveLength(60)
    expect(there?.recent).toEqual(here?.recent)
    expect(there).toEqual(here)
  })

  test('with measurements stay in the document, as in rows of before', () => {
    const {history, dir, store} = open()
    const recorder = createRecorder(history)
    recorder.record(target('web'), sample('web', START, 1, {values: {hitRate: 0.9}}))
    recorder.flush()
    expect(store.database.prepare('SELECT recent FROM watched').get()).toEqual({recent: null})
    expect(open(dir).history.watched().get('service/e/web')?.recent).toEqual([
      {at: START, status: 'up', latencyMs: 1, values: {hitRate: 0.9}},
    ])
  })
})

describe('probes beside each other', () => {
  const every = 30_000
  const moments = (points: readonly {readonly at: number}[]): readonly number[] => points.map(({at}) => at)
  /** So many probes, each flushed; how often others were written beside the last sixty. */
  const watch = ({history, store}: ReturnType<typeof open>, recorder = createRecorder(history)) => {
    const rows = (): number => (store.database.prepare('SELECT count(*) AS n FROM sample').get() as {n: number}).n
    let [at, writes] = [START, 0]
    const probe = (count: number): void => {
      for (let n = 0; n < count; n += 1, at += every) {
        const before = rows()
        recorder.record(target('web'), sample('web', at, n))
        recorder.flush()
        if (rows() !== before) writes += 1
      }
    }
    return {recorder, probe, writes: () => writes, rows}
  }

  test('are written thirty at a time, and are seen in every process at once', () => {
    const here = open()
    const {probe, writes, rows} = watch(here)
    for (let count = 7; count <= 203; count += 7) {
      probe(7)
      const there = open(here.dir).history
      const seen = Array.from({length: count}, (_, n) => START + n * every)
      expect(moments(there.points('service/e/web', START - 1))).toEqual(seen)
      expect(moments(there.points('service/e/web', START + 3 * every))).toEqual(seen.slice(4))
      expect(there.points('service/e/web', START - 1)).toEqual(here.history.points('service/e/web', START - 1))
      expect(rows() + there.unwritten('service/e/web').length).toBe(count)
    }
    expect(writes()).toBeLessThanOrEqual(8)
  })

  test('that the holder before had not written are written by the next', () => {
    const here = open()
    const {probe} = watch(here)
    probe(20)
    const next = watch(open(here.dir))
    for (let n = 20; n < 90; n += 1) {
      next.recorder.record(target('web'), sample('web', START + n * every))
      next.recorder.flush()
    }
    const all = Array.from({length: 90}, (_, n) => START + n * every)
    expect(moments(open(here.dir).history.points('service/e/web', 0))).toEqual(all)
    expect(next.rows()).toBeGreaterThanOrEqual(60)
  })

  test('of a target that is probed every two hours are all there', () => {
    const {history, dir} = open()
    const recorder = createRecorder(history)
    const seldom = target('web', 7_200_000)
    for (let n = 0; n < 12; n += 1) {
      recorder.record(seldom, sample('web', START + n * 7_200_000))
      recorder.flush()
    }
    // Points are kept for two hours.
    expect(moments(open(dir).history.points('service/e/web', 0)).slice(-1)).toEqual([START + 11 * 7_200_000])
    expect(moments(history.points('service/e/web', 0)).length).toBeGreaterThan(0)
  })

  test.each([3_600_000, -3_600_000])('are there once each when the clock is set by %i ms', step => {
    const here = open()
    const {probe, recorder} = watch(here)
    probe(20)
    recorder.redate(step, START + 20 * every + step)
    recorder.flush()
    recorder.record(target('web'), sample('web', START + 20 * every + step))
    recorder.flush()
    for (const {history} of [here, open(here.dir)]) {
      const found = moments(history.points('service/e/web', 0))
      expect(found).toHaveLength(21)
      expect(found.filter(at => at >= START + every + step && at <= START + 20 * every + step)).toHaveLength(20)
    }
  })
})

test('what was handed out of the history stays as it was, and is the same while nothing changes', () => {
  const {history} = open()
  const recorder = createRecorder(history)
  recorder.record(target('web'), sample('web', START))
  recorder.flush()
  const before = history.watched()
  expect(history.watched()).toBe(before)
  recorder.record(target('web'), sample('web', START + 30_000))
  recorder.flush()
  expect(before.get('service/e/web')?.track?.at).toBe(START)
  expect(history.watched().get('service/e/web')?.track?.at).toBe(START + 30_000)
  expect(history.lookUp().get('service/e/web')).toBe(history.watched().get('service/e/web'))
})
