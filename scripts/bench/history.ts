/**
 * What a week of history costs: 500 services probed every 30 s, their file, and what a screen waits for: the first read of
 * all, a read after one probe of each, and rows for them.
 * usage: node scripts/bench/history.ts [--services N] [--rounds N] [--json]
 */
import {mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {countPoint, emptyHistogram} from '../../src/monitors/histogram.ts'
import type {Rollup, Span} from '../../src/monitors/history.ts'
import {KEPT_MS, SPANS} from '../../src/monitors/history.ts'
import {createRecorder} from '../../src/monitors/recorder.ts'
import type {Point, Target} from '../../src/monitors/sample.ts'
import {watchAt} from '../../src/monitors/view.ts'
import {serviceSchema} from '../../src/services/config.ts'
import {serviceRows} from '../../src/services/service-rows.ts'
import {openStore} from '../../src/store/open.ts'
import {sampleHistory} from '../../src/store/samples.ts'

const {values: flags} = parseArgs({
  options: {
    services: {type: 'string', default: '500'},
    rounds: {type: 'string', default: '20'},
    json: {type: 'boolean', default: false},
  },
})
const INTERVAL_MS = 30_000
const now = Math.floor(Date.now() / SPANS.hour) * SPANS.hour + 17 * 60_000
const services = Array.from({length: Number(flags.services)}, (_, at) => ({
  ...serviceSchema.parse({
    name: `service-${at}`,
    probe: {type: 'http', url: `http://10.0.0.1/${at}`},
    objective: {availability: '99.9%'},
  }),
  environment: 'bench',
}))
const targets = services.map(
  ({name, environment}): Target => ({
    id: `service/${environment}/${name}`,
    kind: 'service',
    environment,
    name,
    intervalMs: INTERVAL_MS,
    timeoutMs: 5000,
    probe: () => Promise.reject(new Error('nothing is probed here')),
  }),
)
const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-history-'))
try {
  const store = openStore(dir)
  const history = sampleHistory(store.database)
  for (const target of targets)
    history.commit({
      watched: new Map(),
      points: pointsOf(now - SPANS.hour, now).map(point => ({...point, target: target.id})),
      rollups: [
        ...rollupsOf(target, SPANS.fiveMinutes, 7 * SPANS.day),
        ...rollupsOf(target, SPANS.hour, 7 * SPANS.day),
        ...rollupsOf(target, SPANS.day, 7 * SPANS.day),
      ],
    })
  const recorder = createRecorder(history)
  const probeAll = (at: number): void => {
    for (const target of targets) recorder.record(target, sampleOf(target, at))
    recorder.flush()
  }
  const record = timed(() => probeAll(now))
  store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const megabytes = statSync(path.join(dir, 'store.db')).size / 1024 / 1024
  const [first, again, rows] = [[], [], []] as number[][]
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    const opened = openStore(dir)
    const reader = sampleHistory(opened.database)
    first?.push(timed(() => reader.watched()))
    const at = now + (round + 1) * 1000
    for (const target of targets.slice(0, 17)) recorder.record(target, sampleOf(target, at))
    recorder.flush()
    again?.push(timed(() => reader.watched()))
    rows?.push(timed(() => serviceRows({services}, watchAt(reader, at))))
    opened.close()
  }
  store.close()
  const result = {
    services: targets.length,
    megabytes: round(megabytes),
    firstReadMs: median(first ?? []),
    readAfterASecondMs: median(again ?? []),
    rowsMs: median(rows ?? []),
    afterARestartUsEach: round((record * 1000) / targets.length),
  }
  if (flags.json) console.log(JSON.stringify(result))
  else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(22)}${value}`)
} finally {
  rmSync(dir, {recursive: true, force: true})
}

/** Latencies as a web service has them: most near the middle, some far off. */
function latency(): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  return 20 * Math.exp(0.6 * normal)
}

function pointsOf(since: number, until: number): Point[] {
  return Array.from({length: (until - since) / INTERVAL_MS}, (_, at) => ({
    at: since + at * INTERVAL_MS,
    status: Math.random() < 0.001 ? 'down' : 'up',
    latencyMs: latency(),
  }))
}

function rollupsOf(target: Target, span: Span, lengthMs: number): Rollup[] {
  const first = Math.ceil((now - Math.min(lengthMs, KEPT_MS.hour)) / span)
  return Array.from({length: Math.floor(now / span) - first}, (_, at) => {
    const histogram = emptyHistogram()
    for (const point of pointsOf(0, span)) countPoint(histogram, point.status, point.latencyMs)
    return {target: target.id, span, start: (first + at) * span, histogram}
  })
}

function sampleOf(target: Target, at: number) {
  const result = {status: 'up', reason: '200 OK', latencyMs: latency(), checks: [], values: {}} as const
  return {...result, target: target.id, at}
}

function timed(work: () => void): number {
  const begun = performance.now()
  work()
  return performance.now() - begun
}

function median(values: readonly number[]): number {
  return round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
