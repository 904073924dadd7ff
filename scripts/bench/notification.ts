/**
 * From a fault of the lab to the notification of it: a real agent, a real receiver, every fault so many times, each time with
 * an agent that knows of no fault before. Looks once a second, three failures are down, what is degraded is told after 2 s.
 * usage: node scripts/bench/notification.ts [--rounds N] [--only FAULT,FAULT] [--file FILE] [--json]
 * With --file each figure is appended at once, and what is in the file is not measured again.
 */
import {appendFileSync, existsSync, readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {parseArgs} from 'node:util'
import {parse} from 'yaml'
import {addFaults, clearFaults} from '../../src/lab/faults.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {createProgram, until} from '../../test/program/program.ts'
import {startLab} from '../../test/servers/lab.ts'

/** One of each kind that `lab fault` knows. */
const FAULTS = [
  'redis-down',
  'redis-hung',
  'redis-full',
  'postgres-down',
  'postgres-hung',
  'haproxy-down',
  'replica-down',
  'replica-cut',
  'replica-lag=30s',
  'pooler-down',
  'pooler-full',
  'redis-replica-down',
  'redis-replica-cut',
  'prometheus-down',
  'alertmanager-down',
  'instance-down=blue-1',
  'instance-hung=blue-1',
  'errors=50%',
  'latency=3s',
  'health=503',
]
const LONGEST_MS = 60_000

const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '3'},
    only: {type: 'string', default: FAULTS.join(',')},
    file: {type: 'string'},
    json: {type: 'boolean', default: false},
  },
})

/** Milliseconds and what was told first; both are missing when nobody was told within a minute. */
interface Measured {
  readonly fault: string
  readonly ms?: number
  readonly what?: string
}

interface Page {
  readonly rule: string
  readonly target: string
  readonly state: string
}

let pages: {readonly page: Page; readonly at: number}[] = []
const receiver = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    pages.push({page: JSON.parse(body) as Page, at: performance.now()})
    response.end('{}')
  })
})
await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
const lab = await startLab({rps: 40, prometheus: true})
const config = configuration()
const faults = values.only.split(',')
const done = [...earlier(values.file)]
try {
  for (let round = 1; round <= Number(values.rounds); round += 1)
    for (const fault of faults) {
      if (done.filter(each => each.fault === fault).length >= round) continue
      const seen = await measured(fault)
      const {ms, what} = seen
      done.push(seen)
      if (values.file) appendFileSync(values.file, `${JSON.stringify(seen)}\n`)
      process.stderr.write(`${fault}: ${ms === undefined ? 'nobody was told' : `${ms} ms, ${what}`}\n`)
    }
  report()
} finally {
  receiver.closeAllConnections()
  receiver.close()
  await lab.stop()
}

function earlier(file: string | undefined): readonly Measured[] {
  if (file === undefined || !existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter(text => text !== '').map(text => JSON.parse(text) as Measured)
}

/** The lab's own, which looks once a second and tells our receiver. Without backups: a new lab has none, which is an alert. */
function configuration(): string {
  const made = parse(readFileSync(lab.configFile, 'utf8')) as Record<
    'services' | 'databases' | 'caches' | 'releases',
    object[]
  >
  const quick = (targets: readonly object[]): readonly object[] => targets.map(each => ({...each, interval: '1s'}))
  const {port} = receiver.address() as AddressInfo
  return JSON.stringify({
    project: 'shop',
    environments: [{name: 'lab'}],
    services: quick(made.services),
    databases: quick(made.databases),
    caches: quick(made.caches),
    releases: quick(made.releases),
    alerts: {
      failureThreshold: 3,
      degradedFor: '2s',
      groupInterval: '1s',
      channels: [
        {type: 'webhook', name: 'pager', url: `http://127.0.0.1:${port}/`, severities: ['critical', 'warning', 'info']},
      ],
    },
  })
}

/** From the fault to the first notification of what fires since. */
async function measured(fault: string): Promise<Measured> {
  const program = createProgram({config})
  const [port = 0] = await freePorts(1)
  const agent = program.start('agent', '--listen', `127.0.0.1:${port}`)
  try {
    await until('all of the lab to be well', () => isWell(port), 120_000)
    pages = []
    const begun = performance.now()
    await addFaults(lab.plan, [fault], Date.now())
    const first = await until(
      'a notification',
      () => pages.find(({page}) => page.state === 'firing'),
      LONGEST_MS,
    ).catch(() => undefined)
    if (first === undefined) return {fault}
    return {fault, ms: Math.round(first.at - begun), what: `${first.page.rule} ${first.page.target}`}
  } finally {
    agent.kill('SIGKILL')
    await agent.ended
    program.remove()
    await clearFaults(lab.plan, [])
  }
}

async function isWell(port: number): Promise<boolean> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
    answer => answer.text(),
    () => '',
  )
  const states = [...text.matchAll(/^opsconsole_target_state\{.*state="(.*)"\} 1$/gm)].map(([, state]) => state)
  return states.length > 10 && states.every(state => state === 'up') && !text.includes('\nopsconsole_alert{')
}

function report(): void {
  const figures = faults.map(fault => {
    const seen = done.filter(each => each.fault === fault)
    const all = seen.flatMap(({ms}) => ms ?? []).toSorted((one, other) => one - other)
    const told = Map.groupBy(
      seen.flatMap(({what}) => what ?? []),
      what => what,
    )
    return {
      fault,
      told: [...told].map(([what, times]) => `${what} (${times.length})`).join('; '),
      median: all[Math.floor(all.length / 2)],
      worst: all.at(-1),
      of: seen.length,
      missed: seen.length - all.length,
    }
  })
  if (values.json) return void process.stdout.write(`${JSON.stringify(figures)}\n`)
  for (const {fault, told, median = '–', worst = '–', of, missed} of figures)
    process.stdout.write(`| \`${fault}\` | ${told} | ${median} | ${worst} | ${of - missed} of ${of} |\n`)
}
