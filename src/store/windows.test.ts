import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type {SQLInputValue, StatementSync} from 'node:sqlite'
import {DatabaseSync} from 'node:sqlite'
import {afterEach, expect, test} from 'vitest'
import {emptyHistogram} from '../monitors/histogram.ts'
import type {Rollup, Span} from '../monitors/history.ts'
import {SPANS} from '../monitors/history.ts'
import {createRecorder} from '../monitors/recorder.ts'
import type {Health, Sample, Target} from '../monitors/sample.ts'
import {RELATIVE_ERROR} from '../monitors/sketch.ts'
import {migrations} from './migrations.ts'
import {openStore} from './open.ts'
import {sampleHistory} from './samples.ts'

const cleanUps: (() => void)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp()
})
const directory = (): string => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-windows-'))
  cleanUps.push(() => rmSync(dir, {recursive: true, force: true}))
  return dir
}
const open = (dir = directory()) => {
  const store = openStore(dir)
  cleanUps.push(() => store.close())
  return {database: store.database, history: sampleHistory(store.database)}
}
const web: Target = {
  id: 'service/e/web',
  kind: 'service',
  environment: 'e',
  name: 'web',
  intervalMs: 300_000,
  timeoutMs: 5000,
  probe: () => Promise.reject(new Error('not probed here')),
}
const START = Date.UTC(2026, 10, 2, 3, 17)
const sample = (at: number, status: Health, latencyMs: number): Sample => ({
  target: web.id,
  at,
  status,
  latencyMs,
  reason: '',
  checks: [],
  values: {},
})
const random = (seed: number) => {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/** Fifteen days, one probe in two minutes, with restarts of the process in between. */
function watchFifteenDays(history: ReturnType<typeof open>['history']) {
  const next = random(7)
  const probes: {at: number; status: Health; latencyMs: number}[] = []
  let recorder = createRecorder(history)
  for (let at = START; at < START + 15 * SPANS.day; at += 120_000) {
    const week = at < START + 8 * SPANS.day ? 1 : 2
    const status = next() < 0.02 * week ? 'down' : 'up'
    const probe = {at, status: status as Health, latencyMs: status === 'down' ? 3000 : week * 10 * Math.exp(2 * next())}
    probes.push(probe)
    recorder.record(web, sample(at, probe.status, probe.latencyMs))
    if (probes.length % 11 === 0) recorder.flush()
    if (probes.length % 1009 === 0) {
      recorder.flush()
      recorder = createRecorder(history)
    }
  }
  recorder.flush()
  return probes
}

test('windows, with failed probes and without, and the week before are those of the probes themselves', () => {
  const {history} = open()
  const probes = watchFifteenDays(history)
  const now = probes.at(-1)?.at ?? 0
  const known = history.watched().get(web.id)
  const edges = {'5m': 0, '1h': 30_000, '24h': SPANS.fiveMinutes, '7d': SPANS.fiveMinutes}
  for (const measured of known?.windows ?? []) {
    const lengthMs = {'5m': SPANS.fiveMinutes, '1h': SPANS.hour, '24h': SPANS.day, '7d': 7 * SPANS.day}[measured.window]
    const within = probes.filter(({at}) => at > now - lengthMs && at <= now)
    // Long windows begin and are worked out on the border of five minutes.
    expect(Math.abs(measured.samples - within.length)).toBeLessThanOrEqual(2 * (edges[measured.window] / 120_000) + 1)
    expectNear(
      measured.p95,
      exact(
        within.filter(({status}) => status === 'up'),
        0.95,
      ),
    )
    expectNear(measured.withFailed?.p99, exact(within, 0.99))
    const before = probes.filter(({at}) => at > now - lengthMs - 7 * SPANS.day && at <= now - 7 * SPANS.day)
    expect(Math.abs((measured.weekBefore?.samples ?? 0) - before.length)).toBeLessThanOrEqual(
      lengthMs / 60 / 1000 / 5 + 3,
    )
    if (measured.window === '7d') {
      expectNear(
        measured.weekBefore?.p95,
        exact(
          before.filter(({status}) => status === 'up'),
          0.95,
        ),
      )
      expect(measured.weekBefore?.errorRate).toBeCloseTo(0.02, 2)
      expect((measured.p95 ?? 0) / (measured.weekBefore?.p95 ?? 1)).toBeCloseTo(2, 1)
    }
  }
  expect(known?.windows.map(({window}) => window)).toEqual(['5m', '1h', '24h', '7d'])
})

/** Nearest rank. The edges of a window may put one more or one less into it: its neighbours are as right. */
function exact(probes: readonly {readonly latencyMs: number}[], rank: number): readonly [number, number] {
  const sorted = probes.map(({latencyMs}) => latencyMs).sort((a, b) => a - b)
  const at = Math.max(1, Math.ceil(sorted.length * rank)) - 1
  const slack = Math.ceil(sorted.length / 100)
  return [sorted[Math.max(0, at - slack)] ?? 0, sorted[Math.min(sorted.length - 1, at + slack)] ?? 0]
}

function expectNear(measured: number | undefined, [low, high]: readonly [number, number]): void {
  expect(measured).toBeGreaterThanOrEqual(low * (1 - RELATIVE_ERROR) - 0.01)
  expect(measured).toBeLessThanOrEqual(high * (1 + RELATIVE_ERROR) + 0.01)
}

test('an hour and a day that end are in the windows before anything of them is stored', () => {
  const {history} = open()
  const recorder = createRecorder(history)
  const begin = Date.UTC(2026, 10, 3) - 6 * SPANS.hour
  let samples: number | undefined
  for (let at = begin; at <= begin + 7 * SPANS.hour; at += 60_000)
    samples = recorder.record(web, sample(at, 'up', 5)).windows.find(({window}) => window === '24h')?.samples
  expect(samples).toBeGreaterThanOrEqual(7 * 60 - 5)
})

test('a store of version 0.1 opens: its hours make days, and its coarse bins are read', () => {
  const dir = directory()
  const old = new DatabaseSync(path.join(dir, 'store.db'))
  for (const {version, sql} of migrations) if (version < 8) old.exec(sql)
  old.exec('PRAGMA user_version = 7')
  old.exec(`INSERT INTO target (id, name) VALUES (1, '${web.id}')`)
  const insert = old.prepare(
    'INSERT INTO rollup (target, span, start, up, degraded, down, bins) VALUES (1, 1, ?, 9, 0, 1, ?)',
  )
  const lastHour = Math.floor(START / SPANS.hour)
  // 9 probes in the coarse bin of 10 ms.
  for (let back = 1; back <= 14 * 24; back += 1) insert.run(lastHour - back, Uint8Array.from([79, 9]))
  old.close()
  const {history} = open(dir)
  const recorder = createRecorder(history)
  const {windows} = recorder.record(web, sample(START, 'up', 10))
  recorder.flush()
  const week = windows.find(({window}) => window === '7d')
  expect(week?.samples).toBeGreaterThanOrEqual(166 * 10)
  expect(Math.abs((week?.p50 ?? 0) - 10)).toBeLessThan(0.4)
  expect(week?.weekBefore?.errorRate).toBeCloseTo(0.1, 5)
  expect(history.rollups(web.id, SPANS.day, 0, START)).toHaveLength(14)
})

test('what one screen asks of 500 services is one statement, and one row for what changed since', () => {
  const {database, history} = open()
  const recorder = createRecorder(history)
  const services = Array.from({length: 500}, (_, at) => ({...web, id: `service/e/s${at}` as const, name: `s${at}`}))
  for (const service of services) recorder.record(service, {...sample(START, 'up', 5), target: service.id})
  recorder.flush()
  const asked: number[] = []
  const counted = (statement: StatementSync): StatementSync =>
    new Proxy(statement, {
      get: (of, key) =>
        key === 'all'
          ? (...given: SQLInputValue[]) => {
              const rows = of.all(...given)
              asked.push(rows.length)
              return rows
            }
          : Reflect.get(of, key),
    })
  const counting = new Proxy(database, {
    get: (of, key) => (key === 'prepare' ? (sql: string) => counted(of.prepare(sql)) : Reflect.get(of, key)),
  })
  const reader = sampleHistory(counting)
  expect(reader.watched().size).toBe(500)
  expect(asked).toEqual([500])
  recorder.record(web, sample(START + 1000, 'up', 5))
  recorder.flush()
  expect(reader.watched().size).toBe(501)
  expect(asked).toEqual([500, 1])
})

test('500 services need less than 150 MB for all that is kept of them', () => {
  const {database, history} = open()
  const next = random(3)
  const latencies = Array.from({length: 120}, () => 5 + 95 * next())
  const rollups = (span: Span, kept: number, probes: number): Rollup[] =>
    Array.from({length: kept / span}, (_, at) => {
      const histogram = emptyHistogram()
      for (let probe = 0; probe < Math.min(probes, 120); probe += 1) {
        const bin = Math.ceil(Math.log((latencies[(at + probe) % 120] ?? 1) / 0.01) / 0.02)
        histogram.answered.set(bin, (histogram.answered.get(bin) ?? 0) + Math.ceil(probes / 120))
      }
      return {
        target: web.id,
        span,
        start: Math.floor(START / span) * span + at * span,
        histogram: {...histogram, up: probes},
      }
    })
  const pages = (): number => {
    const {page_count: count} = database.prepare('PRAGMA page_count').get() as {page_count: number}
    return count
  }
  const before = pages()
  for (const [span, kept, probes] of [
    [SPANS.fiveMinutes, 7 * SPANS.day + 2 * SPANS.hour, 10],
    [SPANS.hour, 15 * SPANS.day, 120],
    [SPANS.day, 100 * SPANS.day, 2880],
  ] as const)
    history.commit({watched: new Map(), points: [], rollups: rollups(span, kept, probes)})
  // Latencies spread evenly over 5 to 100 ms, which no sketch can make small.
  const megabytes = ((pages() - before) * 4096 * 500) / 1024 / 1024
  expect(megabytes).toBeLessThan(150)
  expect(megabytes).toBeGreaterThan(10)
})
