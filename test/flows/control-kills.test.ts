import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {CONTROL_MAPS, controlLines} from '../../src/releases/traffic/haproxy/control-lines.ts'
import {listRunIds, runFiles} from '../../src/store/runs/directory.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, type Started, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from '../reliability/sample.ts'
import {type HaproxyServer, startHaproxy} from '../servers/haproxy.ts'

const KILLS = countOf('Z3 controls')
const SEED = seedOr(20261127)
/** Who is killed: the run that puts it on, the run that takes it off, the agent that begins that one. */
const VICTIMS = ['put on', 'take off', 'agent'] as const
/** Longest life after the first record of the run that is killed, or after the control was put on. */
const SPAN_MS: Readonly<Record<(typeof VICTIMS)[number], number>> = {'put on': 500, 'take off': 500, agent: 5_000}
const PUT_ON = ['run', 'traffic-control', '-p', 'control=maintenance', '-p', 'for=3s', '--yes', '--detach'] as const

const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-controls-'))
let apps: readonly Server[] = []
let haproxy: HaproxyServer
let program: Program
let agent: Started

beforeAll(async () => {
  chmodSync(directory, 0o755)
  const lines = controlLines(directory)
  const files = {...Object.fromEntries(CONTROL_MAPS.map(file => [file, ''])), 'pause.lua': lines.lua}
  for (const [file, text] of Object.entries({...files, 'maintenance.html': 'back soon'}))
    writeFileSync(path.join(directory, file), text, {mode: 0o644})
  const names = ['blue-1', 'blue-2', 'green-1', 'green-2']
  apps = await Promise.all(names.map(startApp))
  const servers = names.map(
    (name, at) => `  server ${name} 127.0.0.1:${portOf(apps[at])}${at > 1 ? ' disabled' : ''}\n`,
  )
  haproxy = await startHaproxy(`global
  stats socket {socket} mode 600 level admin
${lines.global}
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout check 20s
frontend fe
  bind 127.0.0.1:{port}
  ${lines.frontend}
  default_backend app
${lines.others}
backend app
  option httpchk GET /health/ready
  default-server check inter 200ms rise 2 fall 2
${servers.join('')}`)
  const release = {
    name: 'web',
    environment: 'test',
    interval: '1s',
    traffic: {type: 'haproxy', socket: haproxy.socket, backend: 'app', controls: directory},
    instances: {type: 'command', deploy: ['none'], stop: ['none']},
    slots: ['blue', 'green'].map((slot, at) => ({
      name: slot,
      instances: [0, 1].map(nth => ({
        name: `${slot}-${nth + 1}`,
        url: `http://127.0.0.1:${portOf(apps[2 * at + nth])}`,
      })),
    })),
  }
  const config = {project: 'shop', environments: [{name: 'test'}], releases: [release]}
  program = createProgram({config: JSON.stringify(config)})
  agent = await startAgent()
}, 240_000)
afterAll(async () => {
  agent?.kill('SIGTERM')
  await agent?.ended
  program?.remove()
  await haproxy?.stop()
  for (const app of apps) {
    app.closeAllConnections()
    await new Promise(resolve => app.close(resolve))
  }
  rmSync(directory, {recursive: true, force: true})
}, 120_000)

const portOf = (server: Server | undefined): number => (server?.address() as AddressInfo | undefined)?.port ?? 0

async function startApp(): Promise<Server> {
  const server = createServer((_, response) => response.end('{"version":"1.0.0"}'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function startAgent(): Promise<Started> {
  const started = program.start('agent', '--listen', '127.0.0.1:0')
  await until(
    'an agent that watches',
    async () => (await json<{monitor: {state: string}}>('status')).monitor.state === 'elsewhere',
    120_000,
  )
  return started
}

const json = async <T>(...args: readonly string[]): Promise<T> =>
  JSON.parse((await program.run(...args, '--json')).stdout) as T

const runsOf = async (runbook: string): Promise<readonly {readonly id: string; readonly state: string}[]> =>
  (await json<{id: string; runbook: string; state: string}[]>('runs', 'list')).filter(run => run.runbook === runbook)

/** What users get. */
const answer = async (): Promise<number> =>
  (await fetch(`http://127.0.0.1:${haproxy.port}/`, {headers: {connection: 'close'}})).status

/** Whether it is noted as on, by the record itself: what lists show is as old as the last probe. */
async function noted(): Promise<boolean> {
  const {code, stdout, stderr} = await program.run('plan', 'end-traffic-control', '-p', 'control=maintenance')
  if (code !== 0) expect(stdout + stderr).toContain('maintenance is not on')
  return code === 0
}

const eventsOf = (run: string) => readEvents(runFiles(program.stateDir, run).journal).events
const endedOf = (run: string): boolean => eventsOf(run).some(({type}) => type === 'run-ended')

function killRunner(run: string): void {
  const [first] = eventsOf(run)
  if (first?.type !== 'run-started' || endedOf(run)) return
  try {
    process.kill(first.process.pid, 'SIGKILL')
  } catch {
    // It had just ended.
  }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** The run that the agent begins next; undefined when there is nothing to take off. */
const nextRun = (known: ReadonlySet<string>): Promise<string> =>
  until(
    'the run that takes it off',
    () =>
      listRunIds(program.stateDir).find(run => {
        if (known.has(run)) return false
        const [first] = eventsOf(run)
        return first?.type === 'run-started' && first.plan.runbook === 'end-traffic-control'
      }),
    180_000,
  )

test(`Z3: put-on, take-off and agent killed at ${KILLS} random points (seed ${SEED}): a control is off in the end, and never forgotten while it is on`, async () => {
  const random = randomFrom(SEED)
  const told: Record<string, number> = {}
  for (let round = 0; round < KILLS; round += 1) {
    const victim = VICTIMS[round % VICTIMS.length] as (typeof VICTIMS)[number]
    const what = `round ${round + 1}, ${victim}`
    const {run} = await json<{run: string}>(...PUT_ON)
    const known = new Set(listRunIds(program.stateDir))
    const afterMs = random() * SPAN_MS[victim]
    if (victim === 'put on') {
      await pause(afterMs)
      killRunner(run)
      // With its runner dead nobody but the agent moves anything: what is on is noted, or it would stay on.
      const [got, on] = [await answer(), await noted()]
      if (got === 503 && !on) expect(await answer(), `${what}: on, and not noted`).toBe(200)
    } else if (victim === 'take off') {
      const end = await nextRun(known)
      await pause(afterMs)
      killRunner(end)
    } else {
      await pause(afterMs)
      agent.kill('SIGKILL')
      await agent.ended
      agent = await startAgent()
    }
    const seen = async (): Promise<unknown> => ({status: await answer(), noted: await noted()})
    await expect.poll(seen, {timeout: 240_000, interval: 250}).toEqual({status: 200, noted: false})
    await expect
      .poll(async () => (await runsOf('end-traffic-control')).filter(({state}) => state === 'running'), {
        timeout: 120_000,
      })
      .toEqual([])
    // A run that is taken up after its time was over puts nothing on again.
    if (!endedOf(run)) {
      const resumed = await program.run('runs', 'resume', run)
      expect(resumed.code, `${what}: ${resumed.stderr}`).toBe(0)
      expect(await answer(), `${what}: taken up again`).toBe(200)
      told['taken up'] = (told['taken up'] ?? 0) + 1
    }
    for (const {id: end, state} of await runsOf('end-traffic-control'))
      if (state === 'lost') {
        // Killed before its first step, it finds nothing to take off: another one was begun in its place.
        const {code, stdout, stderr} = await program.run('runs', 'resume', end)
        if (code !== 0) expect(stdout + stderr, what).toContain('maintenance is not on')
      }
    told[victim] = (told[victim] ?? 0) + 1
  }
  for (const run of listRunIds(program.stateDir)) {
    const records = await json<{action: string; outcome?: string}[]>('audit', 'list', '--run', run)
    expect(records, run).toContainEqual(expect.objectContaining({action: 'run ended'}))
  }
  expect((await program.run('audit', 'verify')).stdout).toContain('VERIFIED')
  process.stdout.write(`Z3 controls: ${KILLS} kills: ${JSON.stringify(told)}, all off and none forgotten\n`)
}, 7_200_000)
