/**
 * From a fault to weight 0, and what users got until then: our runbook `canary`, and beside it a controller as the usual
 * ones are, which asks a real Prometheus (scrape 15 s, rate over 1 m, asked every 5 s, threshold 5 %). Same HAProxy, same
 * application, same load, one after the other in one run. Faults begin at a random moment after the share was given.
 * usage: node scripts/bench/canary.ts [--rounds N] [--rps N] [--prometheus FILE] [--json]
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import canary from '../../runbooks/canary.ts'
import {testRunbook} from '../../src/authoring/test-runbook.ts'
import {forgetfulMemory} from '../../src/kinds/memory.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {loadReleaseOps} from '../../src/releases/ops.ts'
import {startLoad} from '../../test/servers/load.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {startSlots} from '../../test/servers/slots.ts'

const option = (usual: string) => ({type: 'string', default: usual}) as const
const {values} = parseArgs({
  options: {
    rounds: option('3'),
    rps: option('200'),
    prometheus: option('prometheus'),
    json: {type: 'boolean', default: false},
  },
})
const [rounds, rps] = [Number(values.rounds), Number(values.rps)]
const [SHARE, LIMIT, SCRAPE_MS, ASK_MS, WINDOW_MS] = [5, 0.05, 15_000, 5_000, 60_000]
const FAULTS = [1, 0.2] as const

interface Seen {
  readonly weightZeroMs: number
  readonly badAnswers: number
}

const createReleaseOps = await loadReleaseOps()
const memory = forgetfulMemory()
const lab = await startSlots({canary: {stages: [SHARE, 100], stageTime: '5m'}, maxSlowdown: 1000})
const prometheus = await startPrometheus(new URL(lab.url).host)
const rows: {controller: string; fault: number; seen: Seen[]}[] = []
try {
  for (const fault of FAULTS) {
    const own: Seen[] = []
    for (let round = 0; round < rounds; round += 1) own.push(await byOurs(`own-${fault}-${round}`, fault))
    rows.push({controller: 'opsconsole, canary', fault, seen: own})
    const peer: Seen[] = []
    for (let round = 0; round < rounds; round += 1) peer.push(await byPolling(`peer-${fault}-${round}`, fault))
    rows.push({controller: 'polls Prometheus', fault, seen: peer})
  }
  report()
} finally {
  await prometheus.stop()
  await lab.stop()
}

/** How a version behaves; its fault begins when it is told to. */
function faulty(version: string): {begin(errors: number): void} {
  const behaviour = {health: 200, smoke: 200, errors: 0}
  lab.behaviours.set(version, behaviour)
  return {begin: errors => void (behaviour.errors = errors)}
}

async function byOurs(version: string, fault: number): Promise<Seen> {
  const behaviour = faulty(version)
  const load = startLoad(lab.url, {rps, slowShare: 0.02, slowMs: 300})
  const tools = plainTools({memory, signal: AbortSignal.timeout(300_000)})
  let [began, back] = [0, 0]
  const watched: typeof tools = {
    ...tools,
    act: async (command, change, dry) => {
      const result = await tools.act(command, change, dry)
      if (began === 0 && command.includes('green-1 state ready')) {
        began = -1
        setTimeout(
          () => {
            behaviour.begin(fault)
            began = performance.now()
          },
          3_000 + Math.random() * 2_000,
        )
      }
      if (began > 0 && back === 0 && command.includes('green-1 state drain')) back = performance.now()
      return result
    },
  }
  const ops = {release: () => createReleaseOps(lab.config, watched, '/etc/opsconsole.yaml')}
  const run = await testRunbook(canary, {params: {version}, ops, timeout: '4m'})
  const {failed} = await load.stop()
  if (run.outcome !== 'undone' || back < began) throw new Error(`${run.outcome}: ${run.reason}`)
  return {weightZeroMs: back - began, badAnswers: failed}
}

async function byPolling(version: string, fault: number): Promise<Seen> {
  const behaviour = faulty(version)
  const release = createReleaseOps(
    lab.config,
    plainTools({memory, signal: AbortSignal.timeout(300_000)}),
    '/etc/opsconsole.yaml',
  )
  for (const nth of [1, 2]) await release.start(`green-${nth}`, version)
  await release.waitHealthy('green', version)
  await release.enableChecksAndWait('green')
  const load = startLoad(lab.url, {rps, slowShare: 0.02, slowMs: 300})
  await release.giveShare('green', SHARE)
  // A whole window without the round before, and then any moment between two scrapes.
  await pause(WINDOW_MS + SCRAPE_MS + Math.random() * SCRAPE_MS)
  behaviour.begin(fault)
  const began = performance.now()
  while (!((await prometheus.errorRate()) >= LIMIT)) await pause(ASK_MS)
  await release.takeShareBack('green')
  const weightZeroMs = performance.now() - began
  return {weightZeroMs, badAnswers: (await load.stop()).failed}
}

async function startPrometheus(target: string) {
  const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-'))
  const [port = 0] = await freePorts(1)
  const file = path.join(dir, 'prometheus.yml')
  writeFileSync(
    file,
    `global: {scrape_interval: ${SCRAPE_MS / 1000}s}\nscrape_configs: [{job_name: haproxy, static_configs: [{targets: ["${target}"]}]}]\n`,
  )
  const server: ChildProcess = spawn(
    values.prometheus,
    [`--config.file=${file}`, `--storage.tsdb.path=${dir}/data`, `--web.listen-address=127.0.0.1:${port}`],
    {stdio: 'ignore'},
  )
  const url = `http://127.0.0.1:${port}`
  while (
    !(await fetch(`${url}/-/ready`).then(
      ({ok}) => ok,
      () => false,
    ))
  )
    await pause(200)
  const sum = (more: string): string =>
    `sum(rate(haproxy_server_http_responses_total{proxy="app",server=~"green.*"${more}}[${WINDOW_MS / 1000}s]))`
  return {
    /** NaN: no data. */
    async errorRate(): Promise<number> {
      const query = encodeURIComponent(`${sum(',code="5xx"')} / ${sum('')}`)
      const answer = (await (await fetch(`${url}/api/v1/query?query=${query}`)).json()) as {
        data: {result: {value: [number, string]}[]}
      }
      return Number(answer.data.result[0]?.value[1] ?? Number.NaN)
    },
    async stop(): Promise<void> {
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await ended
      rmSync(dir, {recursive: true, force: true})
    },
  }
}

function report(): void {
  if (values.json)
    return void process.stdout.write(`${JSON.stringify({rounds, rps, share: SHARE, rows}, undefined, 2)}\n`)
  const numbers = (seen: readonly Seen[], of: (one: Seen) => number): string =>
    seen.map(one => of(one).toFixed(0)).join(', ')
  const lines = rows.map(
    ({controller, fault, seen}) =>
      `| ${controller} | ${fault * 100} % | ${numbers(seen, one => one.weightZeroMs)} | ${numbers(seen, one => one.badAnswers)} |`,
  )
  process.stdout.write(
    [
      `${rps} requests a second, ${SHARE} % of them to the canary, ${rounds} rounds`,
      '| controller | errors of the canary | ms from the fault to weight 0 | bad answers |',
      '|---|---|---|---|',
      ...lines,
      '',
    ].join('\n'),
  )
}
