import {readFileSync, writeFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {addFaults, clearFaults} from '../../src/lab/faults.ts'
import {markLoad, readLoad, setLoad} from '../../src/lab/load-control.ts'
import {expectSoundTrail, FLIPS, type LabProgram, startLabProgram} from '../program/lab-program.ts'
import {eventsOf, type Started, until} from '../program/program.ts'
import {countOf} from '../reliability/sample.ts'

const DEPLOYS = countOf('Z1 deploys')

let shop: LabProgram
beforeAll(async () => {
  shop = await startLabProgram({rps: 80})
  await setLoad(shop.lab.plan, {slow: 0.02, slowMs: 2000})
}, 180_000)
afterAll(() => shop.stop(), 120_000)

const deploy = (version: string, ...args: string[]): Promise<{code: number | null; stdout: string; stderr: string}> =>
  shop.unattended('deploy', '-p', `version=${version}`, '-p', 'watch=1s', ...args)

const liveVersion = async (): Promise<string> =>
  ((await (await fetch(`${shop.lab.urls.web}/health`)).json()) as {version: string}).version

/** The slot that answered the last requests, by the server names that the load balancer gives. */
async function liveSlot(): Promise<string> {
  await markLoad(shop.lab.plan, 'slot')
  await until('traffic', async () => (await readLoad(shop.lab.plan, 'slot')).ok > 50)
  const [[server] = ['']] = Object.entries((await readLoad(shop.lab.plan, 'slot')).servers).sort(
    ([, one], [, other]) => other.ok - one.ok,
  )
  return server.split('-')[0] as string
}

/** What was sent since a mark, once all of it was answered. */
async function answered(mark: string): Promise<Awaited<ReturnType<typeof readLoad>>> {
  const {rps} = await readLoad(shop.lab.plan)
  await setLoad(shop.lab.plan, {rps: 0})
  await until('the last answer', async () => (await readLoad(shop.lab.plan)).inFlight === 0)
  const load = await readLoad(shop.lab.plan, mark)
  await setLoad(shop.lab.plan, {rps})
  return load
}

/** How long a start and its health are waited for. */
function waitFor(timeout: '20s' | '40s'): void {
  const config = readFileSync(shop.lab.configFile, 'utf8')
  expect(config).toMatch(/timeout: [124]0s/)
  writeFileSync(shop.lab.configFile, config.replace(/timeout: [124]0s/, `timeout: ${timeout}`))
}

test(`${DEPLOYS} deploys back and forth and a rollback at 300 requests a second, 2 % of them slow, fail none`, async () => {
  await setLoad(shop.lab.plan, {rps: 300})
  await markLoad(shop.lab.plan, 'deploys')
  for (let round = 1; round <= DEPLOYS; round += 1) {
    const ended = await deploy(`2.${round}.0`)
    expect(ended.code, ended.stdout + ended.stderr).toBe(0)
    expect(await liveVersion()).toBe(`2.${round}.0`)
  }
  const back = await shop.unattended('rollback')
  expect(back.code, back.stdout + back.stderr).toBe(0)
  expect(await liveVersion()).toBe(`2.${DEPLOYS - 1}.0`)
  const load = await answered('deploys')
  expect({failed: load.failed, failures: load.failures}).toEqual({failed: 0, failures: {}})
  const rounds = Array.from({length: DEPLOYS}, (_, index) => `2.${index + 1}.0`)
  expect(Object.keys(load.versions)).toEqual(expect.arrayContaining(rounds))
  expect(load.sent).toBeGreaterThan(1000 * DEPLOYS)
  await setLoad(shop.lab.plan, {rps: 80})
}, 400_000)

describe('a bad version never gets a request, and its deploy exits with 3', () => {
  test.each([['unhealthy'], ['crash'], ['smoke']])(
    '-%s',
    async fault => {
      // An unhealthy version is waited for in vain, no version needs longer to start.
      waitFor(fault === 'unhealthy' ? '20s' : '40s')
      const before = await liveVersion()
      await markLoad(shop.lab.plan, fault)
      const ended = await deploy(`3.0.0-${fault}`, '--json')
      expect(ended.code, ended.stdout + ended.stderr).toBe(3)
      const steps = eventsOf(ended.stdout).filter(event => event.type === 'step-started')
      expect(steps.map(event => event['step'])).not.toContain('switch')
      const load = await answered(fault)
      expect({versions: Object.keys(load.versions), failures: load.failures}).toEqual({
        versions: [before],
        failures: {},
      })
    },
    120_000,
  )
})

test('errors that only real traffic shows: the version is taken back by itself while it is watched, exit 3', async () => {
  const before = await liveVersion()
  const started = shop.program.start(
    'run',
    'deploy',
    '--yes',
    '--confirm',
    'lab',
    '-p',
    'version=3.1.0',
    '-p',
    'watch=50s',
    '--json',
  )
  await until('the watch', () => /"type":"step-started","step":"watch"/.test(started.output()), 90_000)
  expect(await liveVersion()).toBe('3.1.0')
  await addFaults(shop.lab.plan, [`errors=40%@${await liveSlot()}`], Date.now())
  const ended = await started.ended
  await clearFaults(shop.lab.plan, [])
  expect(ended.code, ended.stdout + ended.stderr).toBe(3)
  const failed = eventsOf(ended.stdout).find(event => event.type === 'step-finished' && event['outcome'] === 'failed')
  expect(failed).toMatchObject({step: 'watch', reason: expect.stringContaining('bad under live traffic') as string})
  expect(await liveVersion()).toBe(before)
  await markLoad(shop.lab.plan, 'afterwards')
  await until('traffic', async () => (await readLoad(shop.lab.plan, 'afterwards')).ok > 300)
  expect(Object.keys((await answered('afterwards')).versions)).toEqual([before])
}, 240_000)

test('when keepOldSlot is over, the agent ends the old slot: a run of its own, in trail and pane', async () => {
  const config = readFileSync(shop.lab.configFile, 'utf8')
  expect(config).toContain('keepOldSlot: 24h')
  writeFileSync(shop.lab.configFile, config.replace('keepOldSlot: 24h', 'keepOldSlot: 1s'))
  const old = await liveVersion()
  expect((await deploy('4.0.0')).code).toBe(0)
  const agent = shop.program.start('agent', '--listen', '127.0.0.1:0')
  const runs = async () =>
    JSON.parse((await shop.program.run('runs', 'list', '--json')).stdout) as {runbook: string; state: string}[]
  const ended = async () => (await runs()).find(run => run.runbook === 'end-old-slot')
  await until('the end of the old slot', async () => (await ended())?.state === 'done', 90_000)
  agent.kill('SIGTERM')
  expect((await agent.ended).stderr).toContain(`left ${old} on`)
  const releases = JSON.parse((await shop.program.run('releases', '--json')).stdout) as {
    version: string
    rollback: {ready: boolean; reason: string}
  }[]
  expect(releases[0]).toMatchObject({
    version: '4.0.0',
    rollback: {ready: false, reason: expect.stringContaining(`${old} on`) as string},
  })
  expect(releases[0]?.rollback.reason).toContain('was ended at')
  expect(await liveVersion()).toBe('4.0.0')
}, 180_000)

describe('a maintenance answer', () => {
  const put = ['run', 'traffic-control', '-p', 'control=maintenance', '-p', 'for=20s', '--yes', '--confirm', 'lab']
  const answer = async (): Promise<number> => (await fetch(`${shop.lab.urls.web}/health`)).status

  test('is refused where no agent would take it off', async () => {
    const refused = await shop.program.run(...put)
    expect({code: refused.code, said: refused.stdout + refused.stderr}).toEqual({
      code: 1,
      said: expect.stringContaining('no agent watches here, so nothing would take it off after 20s') as string,
    })
    expect(await answer()).toBe(200)
  }, 60_000)

  test('is taken off by one run when its time is over, though the agent was killed meanwhile', async () => {
    const watched = async (): Promise<boolean> => {
      const {stdout} = await shop.program.run('status', '--json')
      return (JSON.parse(stdout) as {monitor: {state: string}}).monitor.state === 'elsewhere'
    }
    const first = shop.program.start('agent', '--listen', '127.0.0.1:0')
    let second: Started | undefined
    try {
      await until('an agent that watches', watched, 90_000)
      const run = shop.program.start(...put)
      await expect.poll(answer, {timeout: 90_000}).toBe(503)
      first.kill('SIGKILL')
      await first.ended
      const ended = await run.ended
      expect(ended.code, ended.stdout + ended.stderr).toBe(0)
      second = shop.program.start('agent', '--listen', '127.0.0.1:0')
      const seen = async (): Promise<unknown> => {
        const runs = JSON.parse((await shop.program.run('runs', 'list', '--json')).stdout) as {
          runbook: string
          state: string
        }[]
        const ends = runs.filter(({runbook}) => runbook === 'end-traffic-control').map(({state}) => state)
        return {status: await answer(), ends}
      }
      await expect.poll(seen, {timeout: 120_000, interval: 500}).toEqual({status: 200, ends: ['done']})
    } finally {
      for (const agent of [first, second]) agent?.kill('SIGTERM')
      await Promise.all([first.ended, second?.ended])
    }
  }, 400_000)
})

test(`the trail of all this verifies, and a flipped byte is found and named (${FLIPS})`, () =>
  expectSoundTrail(shop.program))
