import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import deploy from '../../runbooks/deploy.ts'
import endOldSlot from '../../runbooks/end-old-slot.ts'
import restart from '../../runbooks/restart.ts'
import rollback from '../../runbooks/rollback.ts'
import {forgetfulMemory} from '../../src/kinds/memory.ts'
import {loadReleaseOps} from '../../src/releases/ops.ts'
import type {Ops} from '../../src/runbooks/ops.ts'
import {startLoad} from '../servers/load.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../servers/slots.ts'
import {walkRunbook} from '../servers/walk-runbook.ts'

const createReleaseOps = await loadReleaseOps()

let lab: SlotsLab
beforeAll(async () => {
  lab = await startSlots({watchFor: '2s'})
}, 60_000)
afterAll(() => lab.stop(), 30_000)

/** Everything of `Ops` that these runbooks may use. */
function opsOf(tools = plainTools(), timeout = lab.config.instances.timeout): Ops {
  const config = {...lab.config, instances: {...lab.config.instances, timeout}}
  const release = createReleaseOps(config, tools, '/etc/opsconsole.yaml')
  return {environment: {name: 'test', protected: false}, release: () => release} as unknown as Ops
}
const release = () => opsOf().release()
const run = (runbook: typeof deploy, params: Readonly<Record<string, unknown>>, tools = plainTools()) =>
  walkRunbook(runbook, {params, ops: opsOf(tools)})
/** For a version that is waited for in vain. */
const runBriefly = (runbook: typeof deploy, params: Readonly<Record<string, unknown>>, tools = plainTools()) =>
  walkRunbook(runbook, {params, ops: opsOf(tools, 6000)})

beforeEach(() => {
  lab.behaviours.set('sick', {health: 503, smoke: 200, errors: 0})
  lab.behaviours.set('smoky', {health: 200, smoke: 500, errors: 0})
  lab.behaviours.set('slow', {health: 200, smoke: 200, errors: 0, delayMs: 1500})
  lab.behaviours.set('broken', {health: 200, smoke: 200, errors: 0.6})
})

describe('deploy and rollback', () => {
  test('deploys back and forth and a rollback under load fail no request', async () => {
    const load = startLoad(lab.url, {rps: 300, slowShare: 0.02, slowMs: 2000})
    for (const version of ['2.0.0', '2.1.0', '2.2.0']) {
      const walked = await run(deploy, {version, watch: '2s'})
      expect(walked).toMatchObject({outcome: 'done', reason: ''})
      expect(walked.saved).toMatchObject({
        drain: {left: 0},
        watch: {verdict: 'good', errors: 0},
        rollback: {ready: true},
      })
      expect(walked.afterwards[0]).toMatch(new RegExp(`^${version} is live`))
      expect(walked.afterwards[1]).toMatch(
        /kept for 1d, .* from then on: whether \S+ could be started again is not known: it would/,
      )
      expect(await release().live()).toMatchObject({version})
    }
    const tools = plainTools()
    const back = await run(rollback, {}, tools)
    expect(back).toMatchObject({outcome: 'done', reason: ''})
    expect(await release().live()).toMatchObject({version: '2.1.0'})
    expect(tools.commands).toHaveLength(1)
    expect(back.afterwards.join('\n')).toMatch(/schema/)
    const {failed, why} = await load.stop()
    expect({failed, why}).toEqual({failed: 0, why: {}})
  }, 120_000)

  test('facts say the same twice, under load too', async () => {
    const load = startLoad(lab.url, {rps: 200, slowShare: 0.05, slowMs: 300})
    const facts = async () => JSON.stringify(await walkFacts(deploy, {version: '9.0.0'}))
    const first = await facts()
    for (let look = 0; look < 10; look += 1) expect(await facts()).toBe(first)
    await load.stop()
  })

  test('the plan names the version that stops being the way back', async () => {
    const [live, idle] = [await release().live(), await release().previous()]
    const params = deploy.params?.parse({version: '9.0.0'}) as Parameters<typeof deploy.plan>[0]['params']
    const facts = (await walkFacts(deploy, params)) as Parameters<typeof deploy.plan>[0]['facts']
    const steps = deploy.plan({params, facts, environment: 'test', run: 'walk'})
    expect(steps.find(({id}) => id === 'look')?.why).toBe(
      `${idle.version} on ${idle.slot} is replaced and stops being the way back; it will be ${live.version} on ${live.name}. It is kept for 1d; from then on: whether ${live.version} could be started again is not known: it would have to be started`,
    )
  })

  test.each([
    ['sick', /not healthy.*answered 503/],
    ['smoky', /smoke tests failed/],
  ])(
    'a %s version never receives traffic and is taken back',
    async (version, reason) => {
      const before = await release().slots()
      const load = startLoad(lab.url, {rps: 100, slowShare: 0.02, slowMs: 500})
      const tools = plainTools()
      const walked = await runBriefly(deploy, {version}, tools)
      expect(walked).toMatchObject({outcome: 'undone'})
      expect(walked.reason).toMatch(reason)
      expect(tools.commands.filter(command => command.includes(' state ready'))).toEqual([])
      expect(await load.stop()).toMatchObject({failed: 0})
      expect((await release().slots()).map(slot => [slot.name, slot.version])).toEqual(
        before.map(slot => [slot.name, slot.version]),
      )
    },
    60_000,
  )

  test('a version that breaks with real traffic goes back by itself', async () => {
    const before = await release().live()
    const load = startLoad(lab.url, {rps: 100, slowShare: 0.02, slowMs: 500})
    const memory = forgetfulMemory()
    const walked = await run(deploy, {version: 'broken', watch: '1m'}, plainTools({memory, run: 'undone'}))
    const result = await load.stop()
    expect(walked).toMatchObject({
      outcome: 'undone',
      steps: {watch: 'failed', switch: 'undone', enableChecksAndWait: 'undone'},
    })
    expect(walked.reason).toMatch(/broken is bad under live traffic/)
    expect(await release().live()).toMatchObject({name: before.name, version: before.version})
    expect(result.failed).toBeGreaterThan(0)
    expect(Object.keys(result.why)).toEqual(['500'])
    // Whoever presses ! now has not seen that it is over: one step further back would be wrong.
    await expect(run(rollback, {}, plainTools({memory}))).rejects.toThrow(
      new RegExp(`^already undone: broken failed its watch at .+; ${before.version} on ${before.name} is live again$`),
    )
  }, 90_000)

  test('a version that is slower than the one before goes back by itself', async () => {
    const before = await release().live()
    const load = startLoad(lab.url, {rps: 30, slowShare: 0.02, slowMs: 500})
    const walked = await run(deploy, {version: 'slow', watch: '1m'})
    expect(await load.stop()).toMatchObject({failed: 0})
    expect(walked).toMatchObject({outcome: 'undone', steps: {watch: 'failed', switch: 'undone'}})
    expect(walked.reason).toMatch(/slow is bad under live traffic: slower than the version before/)
    expect(await release().live()).toMatchObject({name: before.name, version: before.version})
  }, 90_000)

  test('a watch that saw nothing is neither good nor bad, and the runbook says so', async () => {
    const {version} = await release().live()
    const walked = await run(deploy, {version: '2.2.1', watch: '1s'})
    expect(walked).toMatchObject({outcome: 'done', saved: {watch: {verdict: 'nothing seen', requests: 0}}})
    const told = deploy.unproven?.({saved: walked.saved} as never)
    expect(told).toBe('0 of 0 requests failed: too few to prove anything')
    expect(await run(rollback, {})).toMatchObject({outcome: 'done'})
    expect(await release().live()).toMatchObject({version})
  }, 60_000)

  test('the version that is live already has nothing to do', async () => {
    const {version} = await release().live()
    const tools = plainTools()
    const walked = await run(deploy, {version}, tools)
    expect(walked).toMatchObject({outcome: 'done', steps: {'already live': 'already done'}})
    expect(walked.afterwards[0]).toMatch(/was live on (blue|green) already/)
    expect(tools.commands).toEqual([])
  })

  test('without a healthy other version there is no rollback, and the reason is said', async () => {
    const {name} = await release().live()
    const idle = name === 'blue' ? 'green-1' : 'blue-1'
    await lab.kill(idle)
    await expect(run(rollback, {})).rejects.toMatchObject({code: 'release/not-ready'})
    await expect(run(rollback, {})).rejects.toThrow(new RegExp(`nothing to go back to: ${idle} does not answer`))
    await release().restoreVersion(idle, '2.1.0')
  })

  test('a rollback to a version that fails its smoke tests never gets traffic, unless they are skipped', async () => {
    const {name: bad} = await release().live()
    const idle = bad === 'blue' ? 'green' : 'blue'
    for (const nth of [1, 2]) await release().start(`${idle}-${nth}`, 'smoky')
    await release().waitHealthy(idle, 'smoky')
    const refused = await run(rollback, {})
    expect(refused).toMatchObject({outcome: 'undone', steps: {ready: 'failed'}})
    expect(refused.reason).toMatch(/smoke tests failed/)
    expect((await release().live()).name).toBe(bad)
    expect(await run(rollback, {skipSmoke: true})).toMatchObject({outcome: 'done'})
    expect((await release().live()).name).toBe(idle)
  }, 60_000)

  test('a rollback that fails after the switch switches back', async () => {
    const {name: bad} = await release().live()
    const good = bad === 'blue' ? 'green' : 'blue'
    for (const nth of [1, 2]) await release().start(`${good}-${nth}`, '2.3.0')
    await release().waitHealthy(good, '2.3.0')
    const walked = await walkRunbook(rollback, {
      params: {},
      ops: opsOf(),
      before: async step => (step === 'prove' ? lab.kill(`${good}-1`) : undefined),
    })
    expect(walked.steps).toMatchObject({switch: 'done', prove: 'failed'})
    expect(walked.reason).toMatch(/2\.3\.0 failed under live traffic, and .+ is live again: .+not healthy/)
    expect((await release().live()).name).toBe(bad)
    await release().restoreVersion(`${good}-1`, '2.3.0')
  }, 60_000)

  test.each(['', '-rf', 'a b', 'a;b'])('the version %j is refused before anything is read', async version => {
    await expect(run(deploy, {version})).rejects.toThrow(/should begin with a letter or digit/)
  })
})

describe('the end of the old slot', () => {
  test('is refused before its time, then stops what the deploy left, and the way back says so', async () => {
    const memory = forgetfulMemory()
    const remembering = () => plainTools({memory})
    const {name: old, version} = await release().live()
    expect(await run(deploy, {version: '4.0.0', watch: '1s'}, remembering())).toMatchObject({outcome: 'done'})
    await expect(run(endOldSlot, {}, remembering())).rejects.toThrow(
      new RegExp(`no old slot to end: ${version} on ${old} is kept until`),
    )
    const tools = remembering()
    const walked = await run(endOldSlot, {early: true}, tools)
    expect(walked).toMatchObject({outcome: 'done', reason: ''})
    expect(walked.afterwards[0]).toBe(
      `${version} on ${old} is stopped. The way back is now: opsconsole run deploy -e test -p release=web -p version=${version}`,
    )
    expect(tools.commands[0]).toBe(`set server app/${old}-1 state maint; set server app/${old}-2 state maint`)
    expect([lab.version(`${old}-1`), lab.version(`${old}-2`)]).toEqual([undefined, undefined])
    const back = await opsOf(remembering()).release().rollback()
    expect(back).toMatchObject({
      ready: false,
      reason: expect.stringMatching(
        new RegExp(`^${version} on ${old} was ended at .+, before its time was over$`),
      ) as string,
    })
    await expect(run(endOldSlot, {early: true}, remembering())).rejects.toThrow(/no slot is kept/)
    for (const nth of [1, 2]) await release().restoreVersion(`${old}-${nth}`, version)
  }, 60_000)
})

describe('restart', () => {
  test('restarts the live slot one instance at a time without a failed request', async () => {
    const live = await release().live()
    const load = startLoad(lab.url, {rps: 200, slowShare: 0.02, slowMs: 1000})
    const started = lab.deployed.length
    const walked = await run(restart, {})
    expect(walked).toMatchObject({outcome: 'done', reason: ''})
    const {failed, why} = await load.stop()
    expect({failed, why}).toEqual({failed: 0, why: {}})
    expect(lab.deployed.slice(started)).toEqual(
      [1, 2].flatMap(index => [`stop ${live.name}-${index}`, `start ${live.name}-${index} ${live.version}`]),
    )
  }, 60_000)

  test('an unknown slot is named with those there are', async () => {
    await expect(run(restart, {slot: 'red'})).rejects.toMatchObject({code: 'release/unknown'})
  })
})

async function walkFacts(runbook: typeof deploy, params: Readonly<Record<string, unknown>>): Promise<unknown> {
  const parsed = runbook.params?.parse(params) as never
  const ops = opsOf()
  return runbook.facts?.({
    ops,
    params: parsed,
    $: undefined as never,
    signal: AbortSignal.timeout(10_000),
    environment: 'test',
  })
}
