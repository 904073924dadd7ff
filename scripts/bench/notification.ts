/**
 * From a fault of the lab to the notification of it: a real agent, a real receiver, every fault so many times, each time with
 * an agent that knows of no fault before. Looks once a second, three failures are down, what is degraded is told after 2 s.
 * usage: node scripts/bench/notification.ts [--rounds N] [--only FAULT,FAULT] [--json]
 */
import {readFileSync} from 'node:fs'
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
    json: {type: 'boolean', default: false},
  },
})

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
const rows = values.only.split(',').map(fault => ({fault, seen: [] as {ms: number; what: string}[], missed: 0}))
try {
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const row of rows) {
      const seen = await measured(row.fault)
      if (seen === undefined) row.missed += 1
      else row.seen.push(seen)
      process.stderr.write(`${row.fault}: ${seen === undefined ? 'nobody was told' : `${seen.ms} ms, ${seen.what}`}\n`)
    }
  report()
} finally {
  receiver.closeAllConnections()
  receiver.close()
  await lab.stop()
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

/** Milliseconds from the fault to the first notification of what fires since; undefined: there was none in a minute. */
async function measured(fault: string): Promise<{readonly ms: number; readonly what: string} | undefined> {
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
    return first && {ms: Math.round(first.at - begun), what: `${first.page.rule} ${first.page.target}`}
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
  const figures = rows.map(({fault, seen, missed}) => {
    const all = seen.map(({ms}) => ms).sort((one, other) => one - other)
    return {
      fault,
      told: [...new Set(seen.map(({what}) => what))].join('; '),
      median: all[Math.floor(all.length / 2)],
      worst: all.at(-1),
      missed,
    }
  })
  if (values.json) return void process.stdout.write(`${JSON.stringify(figures)}\n`)
  for (const {fault, told, median = '–', worst = '–', missed} of figures)
    process.stdout.write(`| \`${fault}\` | ${told} | ${median} | ${worst} | ${missed} |\n`)
}
