/**
 * A real agent over hours: a database, thirty services that need it and one that stands alone, each probed over HTTP, one probe in
 * a hundred failing by chance (a 500, a connection cut, an answer that does not come), never three in a row. Real faults come in
 * random order, and the agent is killed and started again in the middle. Each fault must be told once, with its end, and nothing else.
 * The receiver keeps keys: a page that comes again with the key of the first, since the agent was killed before it had noted that
 * the first had arrived, pages nobody twice. Such pages are counted.
 * usage: node scripts/bench/soak.ts [--minutes 120] [--seed N] [--noise 0.01]
 * Ends with 1 when a fault was missed, told twice, or told though there was none.
 */
import {createServer, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {setTimeout as pause} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {createProgram, type Started} from '../../test/program/program.ts'
import {randomFrom} from '../../test/program/random.ts'

const {values} = parseArgs({
  options: {
    minutes: {type: 'string', default: '120'},
    seed: {type: 'string', default: '20261127'},
    noise: {type: 'string', default: '0.01'},
  },
})
const INTERVAL_MS = 5000
const THRESHOLD = 3
const DEPENDANTS = Array.from({length: 30}, (_, index) => `app-${index}`)
const NAMES = ['db', 'lonely', ...DEPENDANTS]
const random = randomFrom(Number(values.seed))
const between = (least: number, most: number): number => least + Math.floor(random() * (most - least))

interface Fault {
  readonly root: string
  readonly names: readonly string[]
  readonly begun: number
  ended: number
}
interface Page {
  readonly key?: string
  readonly target: string
  readonly rule: string
  readonly state: string
  readonly at: number
}

const faults: Fault[] = []
const pages: Page[] = []
const failedInRow = new Map<string, number>()
const count = {probes: 0, noise: 0, kills: 0, again: 0}
const started = performance.now()
const since = (): number => Math.round(performance.now() - started)
const nameOf = (target: string): string => target.split('/').at(-1) ?? ''

const server = createServer((request, response) => {
  if (request.url === '/pages') {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const page = JSON.parse(body) as Page
      const again = page.key !== undefined && pages.some(({key}) => key === page.key)
      if (again) count.again += 1
      else pages.push({...page, at: since()})
      process.stderr.write(`${clock(since())} ${page.state} ${page.rule} ${page.target}${again ? ', again' : ''}\n`)
      response.end('{}')
    })
    return
  }
  const name = (request.url ?? '').slice(1)
  count.probes += 1
  const broken = faults.some(fault => fault.ended === Infinity && fault.names.includes(name))
  const byChance = !broken && random() < Number(values.noise) && (failedInRow.get(name) ?? 0) < THRESHOLD - 1
  failedInRow.set(name, broken || byChance ? (failedInRow.get(name) ?? 0) + 1 : 0)
  count.noise += byChance ? 1 : 0
  if (broken || byChance) fail(response)
  else response.setHeader('content-type', 'application/json').end('{"status":"ok"}')
}).listen(0, '127.0.0.1')
await new Promise(resolve => server.once('listening', resolve))
const {port} = server.address() as AddressInfo

/** One of the ways in which a service fails. */
function fail(response: ServerResponse): void {
  const way = between(0, 3)
  if (way === 0) response.writeHead(500).end('{"status":"down"}')
  else if (way === 1) response.destroy()
}

const program = createProgram({
  config: JSON.stringify({
    project: 'shop',
    environments: [{name: 'prod'}],
    services: NAMES.map(name => ({
      name,
      probe: {type: 'http', url: `http://127.0.0.1:${port}/${name}`, timeout: '4s'},
      interval: `${INTERVAL_MS / 1000}s`,
      ...(DEPENDANTS.includes(name) ? {dependsOn: ['db']} : {}),
    })),
    alerts: {
      failureThreshold: THRESHOLD,
      groupInterval: '10s',
      channels: [{type: 'webhook', name: 'pager', url: `http://127.0.0.1:${port}/pages`}],
    },
  }),
})
let agent: Started = program.start('agent', '--listen', '127.0.0.1:0')
try {
  await soak(Number(values.minutes) * 60_000)
} finally {
  agent.kill('SIGKILL')
  await agent.ended
  server.closeAllConnections()
  server.close()
  program.remove()
}
report()

/** Faults one after the other, each after a rest in which all is well; the agent dies in one rest and one fault of three. */
async function soak(lengthMs: number): Promise<void> {
  await pause(30_000)
  while (since() < lengthMs) {
    const root = ['db', 'lonely', DEPENDANTS[between(0, DEPENDANTS.length)] as string][between(0, 3)] as string
    const fault: Fault = {
      root,
      names: root === 'db' ? NAMES.filter(name => name !== 'lonely') : [root],
      begun: since(),
      ended: Infinity,
    }
    faults.push(fault)
    process.stderr.write(`${clock(fault.begun)} fault ${root}\n`)
    await livedThrough(between(60_000, 120_000))
    fault.ended = since()
    process.stderr.write(`${clock(fault.ended)} end ${root}\n`)
    await livedThrough(between(90_000, 240_000))
  }
}

async function livedThrough(ms: number): Promise<void> {
  if (random() > 1 / 3) return void (await pause(ms))
  const first = between(0, ms)
  await pause(first)
  agent.kill('SIGKILL')
  await agent.ended
  count.kills += 1
  process.stderr.write(`${clock(since())} the agent is killed\n`)
  agent = program.start('agent', '--listen', '127.0.0.1:0')
  await pause(ms - first)
}

function clock(ms: number): string {
  return `${String(Math.floor(ms / 60_000)).padStart(3)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`
}

/** Of each fault its own pages are taken away; what is left was told for nothing. */
function report(): void {
  const left = [...pages]
  const wrong: string[] = []
  const told: number[] = []
  for (const {root, begun, ended} of faults) {
    const of = (state: string, from: number): Page[] =>
      left.filter(
        page => page.state === state && nameOf(page.target) === root && page.at >= from && page.at < ended + 90_000,
      )
    const [firing, resolved] = [of('firing', begun), of('resolved', ended)]
    if (firing.length !== 1) wrong.push(`${clock(begun)} ${root}: its beginning was told ${firing.length} times`)
    if (resolved.length !== 1) wrong.push(`${clock(begun)} ${root}: its end was told ${resolved.length} times`)
    if (firing[0] !== undefined) told.push(firing[0].at - begun)
    for (const page of [...firing, ...resolved]) left.splice(left.indexOf(page), 1)
  }
  for (const page of left)
    wrong.push(`${clock(page.at)} ${page.state} ${page.rule} ${page.target}: there was no such fault`)
  told.sort((one, other) => one - other)
  process.stdout.write(
    `${values.minutes} minutes, ${count.probes} probes of ${NAMES.length} targets, ${count.noise} failed by chance, the agent was killed ${count.kills} times, ${count.again} pages came again with the key of the first\n` +
      `${faults.length} faults, ${pages.length} pages; told after ${told[Math.floor(told.length / 2)] ?? '–'} ms in the median, ${told.at(-1) ?? '–'} at worst (${THRESHOLD} failures, ${INTERVAL_MS / 1000} s apart)\n` +
      (wrong.length === 0 ? '0 missed, 0 false, 0 twice\n' : `${wrong.join('\n')}\n`),
  )
  process.exitCode = wrong.length === 0 ? 0 : 1
}
