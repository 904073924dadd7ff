/**
 * What our agent costs beside blackbox_exporter, probing the same HTTP targets at the same rhythm at the same time, each on
 * the same core: CPU of both processes, how late ours probes (as the targets see it), and its memory. No two answers are the
 * same, as of services at work. Ours measures phases and keeps states, history and alert rules; of blackbox only its own
 * process counts, not who asks it. Budgets: CPU at most 0.6 of blackbox's, lateness (99.9 of 100) at most a tenth of the
 * interval, 200 MB, no connection kept for intervals of 10 s and more.
 * usage: node scripts/bench/peers.ts [--slow 5000] [--fast 200] [--seconds 60] [--warm 40] [--blackbox PROGRAM] [--json] [--profile DIRECTORY]
 * With --profile V8 writes there what the agent's time went into; figures of such a run count for nothing.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {Agent, createServer, get} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {freePorts} from '../../src/lab/ports.ts'

const BUDGETS = {cpu: 0.6, lateness: 0.1, rssMb: 200}
const CORE = '0'
const TICKS_A_SECOND = 100
/** The scheduler spreads its probes by so much on purpose. */
const JITTER = 0.02

const option = (usual: string) => ({type: 'string', default: usual}) as const
const {values} = parseArgs({
  options: {
    slow: option('5000'),
    fast: option('200'),
    seconds: option('60'),
    warm: option('40'),
    blackbox: option('prometheus-blackbox-exporter'),
    json: {type: 'boolean', default: false},
    profile: {type: 'string'},
  },
})
const [slow, fast, seconds, warm] = [values.slow, values.fast, values.seconds, values.warm].map(Number) as [
  number,
  number,
  number,
  number,
]
const ROOT = path.resolve(import.meta.dirname, '../..')

interface Watched {
  readonly path: string
  readonly intervalMs: number
}
const targets: readonly Watched[] = [
  ...Array.from({length: slow}, (_, at) => ({path: `/slow/${at}/health`, intervalMs: 30_000})),
  ...Array.from({length: fast}, (_, at) => ({path: `/fast/${at}/health`, intervalMs: 1000})),
]

const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-peers-'))
/** When each target was last asked by us, and by how much of its interval it was late since the measuring began. */
const asked = new Map<string, number>()
const late: number[] = []
const hits = {ours: 0, theirs: 0}
let measuring = false
let kept = 0
const intervals = new Map(targets.map(target => [target.path, target.intervalMs]))
/** It differs each time: nobody gets by with having read it before. */
const bodyOf = (count: number): string =>
  JSON.stringify({
    status: 'ok',
    version: '1.4.2',
    uptimeSeconds: count,
    checks: {database: {status: 'up', latencyMs: count % 17}, redis: 'ok'},
  })
let answered = 0
const server = createServer((request, response) => {
  const isOurs = request.headers['user-agent'] === 'opsconsole'
  const {url = ''} = request
  if (isOurs) noteHit(url, request.headers.connection !== 'close')
  if (measuring) hits[isOurs ? 'ours' : 'theirs'] += 1
  answered += 1
  response.writeHead(200, {'content-type': 'application/json'}).end(bodyOf(answered))
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const {port} = server.address() as AddressInfo
const children: ChildProcess[] = []
try {
  const blackbox = await startBlackbox()
  const [listen = 0] = await freePorts(1)
  const agent = startAgent(listen)
  const asking = new AbortController()
  void askBlackbox(blackbox.port, asking.signal)
  await pause(warm * 1000)
  measuring = true
  const before = [cpuOf(agent), cpuOf(blackbox.child)] as const
  const begun = performance.now()
  await pause(seconds * 1000)
  measuring = false
  const took = (performance.now() - begun) / 1000
  const [ours, theirs] = [cpuOf(agent) - before[0], cpuOf(blackbox.child) - before[1]]
  const [rssMb, peakMb] = [memoryOf(agent, 'VmRSS'), memoryOf(agent, 'VmHWM')]
  asking.abort()
  // A profile is written at the end.
  if (values.profile !== undefined && agent.kill('SIGTERM')) await once(agent, 'exit')
  report({
    seconds: took,
    probes: hits.ours,
    blackboxProbes: hits.theirs,
    cpuMsAProbe: (ours * 1000) / hits.ours,
    blackboxMsAProbe: (theirs * 1000) / hits.theirs,
    lateness: {
      p50: percentile(late, 0.5),
      p99: percentile(late, 0.99),
      p999: percentile(late, 0.999),
      worst: percentile(late, 1),
    },
    load: readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? '',
    rssMb,
    peakMb,
    keptBySlow: kept,
  })
} finally {
  for (const child of children) child.kill('SIGKILL')
  server.closeAllConnections()
  server.close()
  rmSync(dir, {recursive: true, force: true})
}
process.exit()

function noteHit(url: string, keeps: boolean): void {
  const now = performance.now()
  const last = asked.get(url)
  asked.set(url, now)
  const intervalMs = intervals.get(url)
  if (!measuring || last === undefined || intervalMs === undefined) return
  if (keeps && intervalMs >= 10_000) kept += 1
  late.push(Math.max(0, now - last - intervalMs * (1 + JITTER)) / intervalMs)
}

/** As a person starts it, but for the port: somebody else's Prometheus may ask the usual one. */
function startAgent(listen: number): ChildProcess {
  const services = targets.map(
    ({path: at, intervalMs}, index) =>
      `{name: s${index}, interval: ${intervalMs}ms, timeout: ${Math.min(5000, intervalMs)}ms, probe: {type: http, url: "http://127.0.0.1:${port}${at}"}}`,
  )
  const config = path.join(dir, 'opsconsole.yaml')
  writeFileSync(config, `environments: [{name: bench}]\nservices:\n${services.map(one => `  - ${one}\n`).join('')}`)
  const argv = ['-c', CORE, path.join(ROOT, 'bin/opsconsole'), 'agent', '--config', config, '--listen', String(listen)]
  return start('taskset', argv, {
    OPSCONSOLE_NODE: process.execPath,
    OPSCONSOLE_STATE_DIR: path.join(dir, 'state'),
    ...(values.profile === undefined
      ? {}
      : {NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${path.resolve(values.profile)}`}),
  })
}

async function startBlackbox(): Promise<{readonly child: ChildProcess; readonly port: number}> {
  const [own = 0] = await freePorts(1)
  const config = path.join(dir, 'blackbox.yml')
  writeFileSync(config, 'modules: {http_2xx: {prober: http, timeout: 5s}}\n')
  const argv = ['-c', CORE, values.blackbox, `--config.file=${config}`, `--web.listen-address=127.0.0.1:${own}`]
  const child = start('taskset', [...argv, '--log.level=error'], {})
  const answers = (): Promise<boolean> => ask(`http://127.0.0.1:${own}/-/healthy`, undefined)
  for (let tries = 0; !(await answers()); tries += 1) {
    if (tries > 100) throw new Error(`${values.blackbox} did not start; apt-get install prometheus-blackbox-exporter`)
    await pause(100)
  }
  return {child, port: own}
}

function start(program: string, argv: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(program, argv, {
    env: {PATH: process.env['PATH'] ?? '', HOME: dir, LANG: 'C.UTF-8', ...env},
    // The agent tells of every alert: a machine that is too slow for it has many.
    stdio: 'ignore',
  })
  children.push(child)
  return child
}

/** As a Prometheus asks it: every target at its interval, spread over it, over kept connections. */
async function askBlackbox(own: number, signal: AbortSignal): Promise<void> {
  const agent = new Agent({keepAlive: true, maxSockets: 50})
  const due = targets.map((target, at) => ({
    url: `http://127.0.0.1:${own}/probe?module=http_2xx&target=${encodeURIComponent(`http://127.0.0.1:${port}${target.path}`)}`,
    intervalMs: target.intervalMs,
    at: performance.now() + (target.intervalMs * (at % 997)) / 997,
  }))
  while (!signal.aborted) {
    const now = performance.now()
    for (const one of due)
      if (one.at <= now) {
        one.at += one.intervalMs
        void ask(one.url, agent)
      }
    await pause(10)
  }
  agent.destroy()
}

function ask(url: string, agent: Agent | undefined): Promise<boolean> {
  return new Promise(resolve => {
    get(url, agent === undefined ? {} : {agent}, response => {
      response.resume()
      response.on('end', () => resolve(true))
    }).on('error', () => resolve(false))
  })
}

/** Seconds of CPU so far, in the kernel and out of it. */
function cpuOf({pid}: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

/** What it has (`VmRSS`), or had at most (`VmHWM`: while it read its configuration), MB. */
function memoryOf({pid}: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024
}

function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

interface Figures {
  readonly seconds: number
  readonly probes: number
  readonly blackboxProbes: number
  readonly cpuMsAProbe: number
  readonly blackboxMsAProbe: number
  /** In shares of the interval. */
  readonly lateness: {readonly p50: number; readonly p99: number; readonly p999: number; readonly worst: number}
  /** Of the machine at the end: others may share its cores. */
  readonly load: string
  readonly rssMb: number
  readonly peakMb: number
  readonly keptBySlow: number
}

function report(found: Figures): void {
  const ratio = found.cpuMsAProbe / found.blackboxMsAProbe
  const {p50, p99, p999, worst} = found.lateness
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  const verdict = (held: boolean): string => (held ? 'held' : 'EXCEEDED')
  const lines = [
    `${slow} targets every 30 s and ${fast} every second for ${found.seconds.toFixed(0)} s: ${found.probes} probes of ours, ${found.blackboxProbes} of blackbox`,
    `CPU a probe: ${found.cpuMsAProbe.toFixed(3)} ms, blackbox ${found.blackboxMsAProbe.toFixed(3)} ms, ${ratio.toFixed(2)} of it; budget ${BUDGETS.cpu}: ${verdict(ratio <= BUDGETS.cpu)}`,
    `lateness, of the interval: half within ${percent(p50)}, 99 of 100 within ${percent(p99)}, worst ${percent(worst)}; load ${found.load}`,
    `p99.9 lateness: ${percent(p999)} of the interval; budget ${BUDGETS.lateness * 100} %: ${verdict(p999 <= BUDGETS.lateness)}`,
    `memory: ${found.rssMb.toFixed(0)} MB (${found.peakMb.toFixed(0)} at most); budget ${BUDGETS.rssMb} MB: ${verdict(found.rssMb <= BUDGETS.rssMb)}`,
    `connections kept for 30 s: ${found.keptBySlow}; budget 0: ${verdict(found.keptBySlow === 0)}`,
  ]
  process.stdout.write(`${values.json ? JSON.stringify({...found, ratio}) : lines.join('\n')}\n`)
  process.exitCode = lines.some(line => line.endsWith('EXCEEDED')) ? 1 : 0
}
