import {spawn} from 'node:child_process'
import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {startLab} from '../../test/servers/lab.ts'
import type {RunningLab} from '../../test/servers/lab.ts'
import {createProgram, type Program} from '../../test/program/program.ts'
import type {Snapshot} from '../overview/snapshot.ts'
import {configSchema} from '../config/schema.ts'
import {addFaults, clearFaults, listFaults} from './faults.ts'
import {markLoad, readLoad, setLoad} from './load-control.ts'
import {instanceProgram} from './plan.ts'
import {labStatus} from './status.ts'
import {labUp} from './up.ts'
import {waitFor} from './wait.ts'

const quiet = {signal: new AbortController().signal, progress: () => {}, now: () => Date.now()}

describe('a lab that is up (D4)', () => {
  let lab: RunningLab
  beforeAll(async () => {
    lab = await startLab({rps: 50})
  }, 90_000)
  afterAll(async () => {
    await lab?.stop()
  }, 60_000)

  const answers = (path: string): Promise<boolean> =>
    fetch(lab.urls.web + path, {signal: AbortSignal.timeout(20_000)}).then(response => response.status === 200)
  const health = async (): Promise<{status: string; checks: Record<string, {status: string}>}> => {
    const response = await fetch(`${lab.urls.web}/health/detailed`)
    return (await response.json()) as {status: string; checks: Record<string, {status: string}>}
  }

  test('serves pages through HAProxy and says which instance and version answered', async () => {
    const response = await fetch(`${lab.urls.web}/products/7`)
    expect(response.status).toBe(200)
    expect(response.headers.get('x-server')).toMatch(/^blue-[12]$/)
    expect(response.headers.get('x-version')).toBe('1.0.0')
    expect(await response.json()).toMatchObject({id: 7})
  })

  test('answers the four health documents (H2)', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) expect(await answers(path)).toBe(true)
    expect(await health()).toMatchObject({
      status: 'ok',
      version: '1.0.0',
      uptime: expect.any(Number) as number,
      checks: {database: {status: 'ok'}, redis: {status: 'ok'}, memory: {status: 'ok'}},
    })
  })

  test('keeps the control endpoint for faults away from the load balancer', async () => {
    expect((await fetch(`${lab.urls.web}/_fault?errors=1`)).status).toBe(403)
  })

  test('writes a configuration that the console accepts, with secrets in files that only the owner can read', () => {
    const config = configSchema.parse(parse(readFileSync(lab.configFile, 'utf8')))
    expect(config.releases[0]?.slots.map(slot => slot.instances.length)).toEqual([2, 2])
    expect(readFileSync(lab.configFile, 'utf8')).not.toMatch(/AGE-SECRET|postgres:\/\//)
  })

  test('archives WAL', async () => {
    const archive = join(lab.plan.home, 'postgres', 'archive')
    expect(await waitFor(async () => readdirSync(archive).length > 0, {timeoutMs: 30_000})).toBe(true)
  }, 40_000)

  test('refuses a second lab in the same directory and says how to stop the first', async () => {
    const second = labUp({dir: lab.dir}, quiet)
    await expect(second).rejects.toMatchObject({
      code: 'lab/running',
      hint: expect.stringContaining('lab down') as string,
    })
  })

  test('deploys by its instance program, and says why a version did not start', async () => {
    const good = await run(instanceProgram(lab.plan), ['deploy', 'green-1', '1.1.0'])
    expect(good).toMatchObject({code: 0, out: expect.stringContaining('1.1.0 is running') as string})
    // It serves at once, and is degraded until its connections stand.
    const served = async (): Promise<{version: string; status: string}> =>
      (await (await fetch(`${lab.urls.instances['green-1']}/health`)).json()) as {version: string; status: string}
    expect(await waitFor(async () => (await served()).status === 'ok', {timeoutMs: 15_000})).toBe(true)
    expect((await served()).version).toBe('1.1.0')
    const bad = await run(instanceProgram(lab.plan), ['deploy', 'green-1', '1.5.0-crash'])
    expect(bad.code).not.toBe(0)
    expect(bad.out).toContain('payments')
    expect(await run(instanceProgram(lab.plan), ['deploy', 'purple-1', '1'])).toMatchObject({code: 2})
    expect(await run(instanceProgram(lab.plan), ['stop', 'green-1'])).toMatchObject({code: 0})
  })

  test('serves without Redis, and with a new one on the same port after the fault is cleared', async () => {
    await addFaults(lab.plan, ['redis-down'], Date.now())
    expect(await waitFor(async () => (await health()).status === 'degraded', {timeoutMs: 10_000})).toBe(true)
    expect(await answers('/products/1')).toBe(true)
    expect(await answers('/health/ready')).toBe(true)
    const status = await labStatus(lab.dir)
    expect(status.parts.find(part => part.name === 'redis')?.state).toBe('down')
    expect(await clearFaults(lab.plan, [])).toEqual(['redis-down'])
    expect(await waitFor(async () => (await health()).status === 'ok', {timeoutMs: 10_000})).toBe(true)
  }, 40_000)

  test('comes back by itself after PostgreSQL was killed', async () => {
    await addFaults(lab.plan, ['postgres-down'], Date.now())
    const ready = async (): Promise<boolean> => answers('/health/ready')
    expect(await waitFor(async () => !(await ready()), {timeoutMs: 10_000})).toBe(true)
    await clearFaults(lab.plan, ['postgres-down'])
    expect(await waitFor(ready, {timeoutMs: 20_000})).toBe(true)
    expect(await waitFor(() => answers('/products?page=20'), {timeoutMs: 10_000})).toBe(true)
  }, 60_000)

  test('answers real errors while the fault is on, none after it is cleared, and the load generator saw them', async () => {
    await setLoad(lab.plan, {rps: 100})
    await addFaults(lab.plan, ['errors=50%@blue-1'], Date.now())
    await markLoad(lab.plan, 'fault')
    const failing = async (): Promise<boolean> => ((await readLoad(lab.plan, 'fault')).failures['http 500'] ?? 0) > 20
    expect(await waitFor(failing, {timeoutMs: 15_000})).toBe(true)
    const view = await readLoad(lab.plan, 'fault')
    expect(view.sent).toBe(view.ok + view.failed + view.inFlight)
    expect(view.servers['blue-1']?.failed).toBe(view.failures['http 500'])
    expect(view.servers['blue-2']?.failed).toBe(0)
    await clearFaults(lab.plan, [])
    expect(await listFaults(lab.plan)).toEqual([])
    await waitFor(async () => (await readLoad(lab.plan, 'fault')).inFlight < 5, {timeoutMs: 5000})
    await markLoad(lab.plan, 'after')
    expect(await waitFor(async () => (await readLoad(lab.plan, 'after')).ok > 200, {timeoutMs: 15_000})).toBe(true)
    expect((await readLoad(lab.plan, 'after')).failed).toBe(0)
  }, 60_000)

  test('kills an instance without a failed page, and brings the same version back on the same port', async () => {
    await addFaults(lab.plan, ['instance-down=blue-2'], Date.now())
    expect(await answers('/products')).toBe(true)
    await clearFaults(lab.plan, [])
    // On a busy machine it may take longer to answer than a status waits.
    await expect
      .poll(async () => (await labStatus(lab.dir)).parts.find(part => part.name === 'blue-2'), {timeout: 20_000})
      .toMatchObject({state: 'up', version: '1.0.0'})
  }, 60_000)

  describe('what stands beside the shop is seen by the console as it is', () => {
    let program: Program
    beforeAll(() => {
      program = createProgram({env: {OPSCONSOLE_CONFIG: lab.configFile}})
    })
    afterAll(() => program?.remove())
    const seen = async (): Promise<Readonly<Record<string, string>>> => {
      const {services, databases} = JSON.parse((await program.run('status', '--json')).stdout) as Snapshot
      const rows = [...databases.map(row => ({...row, name: `${row.name} (database)`})), ...services]
      return Object.fromEntries(rows.map(({name, state, reason}) => [name, `${state}: ${reason}`]))
    }
    const shown = (wanted: Readonly<Record<string, unknown>>): Promise<void> =>
      expect.poll(seen, {timeout: 40_000}).toMatchObject(wanted)
    const like = (text: string): string => expect.stringContaining(text) as string
    const calm = {
      'shop (database)': 'up: primary',
      'shop-replica (database)': 'up: standby',
      'postgres-replica': 'up: standby',
      'redis-replica': 'up: replica',
      pooler: 'up: primary',
    }

    test.each([
      [
        ['replica-cut', 'redis-replica-cut', 'pooler-full'],
        {
          'shop (database)': like('standbys: replica not streaming'),
          'shop-replica (database)': like('degraded: replication: no WAL receiver'),
          'postgres-replica': like('degraded: no WAL receiver'),
          'redis-replica': 'degraded: the link to the master is down',
          pooler: like('max_client_conn'),
        },
      ],
      [['replica-lag=60s'], {'postgres-replica': like('degraded: replication lag'), 'redis-replica': 'up: replica'}],
      [
        ['replica-down', 'redis-replica-down', 'pooler-down'],
        {
          'shop-replica (database)': like('down: connection refused'),
          'redis-replica': like('down: connection refused'),
          pooler: like('down: connection refused'),
          redis: 'up: master',
          postgres: 'up: primary',
        },
      ],
    ])(
      '%j',
      async (faults, wanted) => {
        await shown(calm)
        await addFaults(lab.plan, faults, Date.now())
        await shown(wanted)
        expect(await answers('/products/1')).toBe(true)
        await clearFaults(lab.plan, [])
        await shown(calm)
      },
      150_000,
    )
  })

  test('refuses a fault that it does not know, and one for an instance that is not there', async () => {
    await expect(addFaults(lab.plan, ['disk-eaten'], 0)).rejects.toMatchObject({code: 'usage/arguments'})
    await expect(addFaults(lab.plan, ['instance-down=red-1'], 0)).rejects.toMatchObject({code: 'usage/arguments'})
    expect(await listFaults(lab.plan)).toEqual([])
  })
})

function run(program: string, args: readonly string[]): Promise<{code: number | null; out: string}> {
  return new Promise(resolve => {
    const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe']})
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.on('close', code => resolve({code, out}))
  })
}
