import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import rolling from '../../runbooks/rolling.ts'
import {testRunbook} from '../../src/authoring/test-runbook.ts'
import {forgetfulMemory} from '../../src/kinds/memory.ts'
import {loadReleaseOps} from '../../src/releases/ops.ts'
import {startLoad} from '../servers/load.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../servers/slots.ts'

const createReleaseOps = await loadReleaseOps()
const LOAD = {rps: 100, slowShare: 0.02, slowMs: 500}

let lab: SlotsLab
const memory = forgetfulMemory()
beforeAll(async () => {
  lab = await startSlots({maxSlowdown: 1000}, 4)
}, 60_000)
afterAll(() => lab.stop(), 30_000)
beforeEach(() => void lab.deployed.splice(0))

const release = () => createReleaseOps(lab.config, plainTools({memory}), '/etc/opsconsole.yaml')
const walk = (version: string, more: Readonly<Record<string, unknown>> = {}) =>
  testRunbook(rolling, {params: {version, watch: '2s', ...more}, ops: {release: () => release()}, timeout: '2m'})
const versions = () => [1, 2, 3, 4].map(nth => lab.version(`blue-${nth}`))
const started = () => lab.deployed.filter(line => line.startsWith('start')).map(line => line.split(' ')[1])

test('one goes first, then two at a time, and no request fails', async () => {
  const load = startLoad(lab.url, LOAD)
  const run = await walk('2.0.0', {batch: 2})
  const {failed, why} = await load.stop()
  expect(run, run.log.join('\n')).toMatchObject({outcome: 'done', reason: ''})
  expect({failed, why}).toEqual({failed: 0, why: {}})
  expect(versions()).toEqual(['2.0.0', '2.0.0', '2.0.0', '2.0.0'])
  expect(started()[0]).toBe('blue-1')
  expect(new Set(started().slice(1, 3))).toEqual(new Set(['blue-2', 'blue-3']))
  expect(run.plan.steps.map(({id}) => id)).toEqual(['hold', 'batch 1', 'batch 2', 'batch 3', 'accept', 'watch'])
  expect(await release().moved()).toBeUndefined()
}, 120_000)

test('a version that fails on the first instance goes no further, and users see nothing of it', async () => {
  lab.behaviours.set('2.1.0', {health: 200, smoke: 500, errors: 0})
  const load = startLoad(lab.url, LOAD)
  const run = await walk('2.1.0')
  const {failed, why} = await load.stop()
  expect(run).toMatchObject({outcome: 'undone'})
  expect(run.reason).toMatch(/1 of 4 instances failed, at most 0 may: blue-1: 1 of 1 smoke tests failed/)
  expect({failed, why}).toEqual({failed: 0, why: {}})
  expect([versions(), started()]).toEqual([
    ['2.0.0', '2.0.0', '2.0.0', '2.0.0'],
    ['blue-1', 'blue-1'],
  ])
  expect(await release().live()).toMatchObject({name: 'blue', version: '2.0.0'})
}, 120_000)

test('failures are counted over all batches; those that fail are left out, and a second run takes only them', async () => {
  lab.behaviours.set('2.2.0@blue-2', {health: 200, smoke: 500, errors: 0})
  const run = await walk('2.2.0', {maxFailures: 1})
  expect(run, run.log.join('\n')).toMatchObject({
    outcome: 'unproven',
    reason: 'blue-2 failed and takes no traffic',
    steps: {'batch 2': 'done', 'batch 4': 'done', watch: 'skipped'},
  })
  expect(run.afterwards[0]).toMatch(/^Look at blue-2, which takes no traffic: 1 of 1 smoke tests failed/)
  expect((await release().traffic()).find(each => each.instance === 'blue-2')?.placement).toBe('draining')
  lab.behaviours.delete('2.2.0@blue-2')
  lab.deployed.splice(0)
  const load = startLoad(lab.url, LOAD)
  const again = await walk('2.2.0', {maxFailures: 1})
  expect((await load.stop()).why).toEqual({})
  expect(again, again.log.join('\n')).toMatchObject({outcome: 'done'})
  expect(again.steps).toMatchObject({'batch 1': 'already done', 'batch 2': 'done', 'batch 4': 'already done'})
  expect(started()).toEqual(['blue-2'])
}, 120_000)

test('two failures in two batches are more than one: everything goes back, the newest batch first', async () => {
  for (const name of ['blue-1', 'blue-3']) lab.behaviours.set(`2.3.0@${name}`, {health: 200, smoke: 500, errors: 0})
  const run = await walk('2.3.0', {maxFailures: 1})
  expect(run.reason).toMatch(/2 of 4 instances failed, at most 1 may: blue-1: .*; blue-3: /)
  expect(run).toMatchObject({outcome: 'undone', undone: ['batch 3', 'batch 2', 'batch 1', 'hold']})
  expect(versions()).toEqual(['2.2.0', '2.2.0', '2.2.0', '2.2.0'])
  expect(started()).not.toContain('blue-4')
}, 120_000)

test('a version that breaks with real traffic goes back on every instance, and is remembered', async () => {
  lab.behaviours.set('2.4.0', {health: 200, smoke: 200, errors: 1})
  const load = startLoad(lab.url, LOAD)
  const run = await walk('2.4.0', {watch: '1m'})
  expect(Object.keys((await load.stop()).why)).toEqual(['500'])
  expect(run.reason).toMatch(/2\.4\.0 is bad under live traffic/)
  expect(run).toMatchObject({outcome: 'undone'})
  expect(versions()).toEqual(['2.2.0', '2.2.0', '2.2.0', '2.2.0'])
  expect(release().knownBad('2.4.0')).toMatch(/failed its watch/)
  expect(await release().moved()).toBeUndefined()
}, 120_000)

test('a host that is lost in the middle keeps nobody else from going back, takes no traffic, and is named', async () => {
  for (const name of ['blue-3', 'blue-4']) lab.behaviours.set(`2.5.0@${name}`, {health: 200, smoke: 500, errors: 0})
  const ops = () => {
    const own = release()
    return {
      ...own,
      // From its restart on blue-3 does not come back, whatever is asked of it.
      restart: async (id: string, version: string) => {
        if (id !== 'blue-3') return own.restart(id, version)
        await lab.kill('blue-3')
        throw new Error('ssh: connect to host app3: No route to host')
      },
    }
  }
  const run = await testRunbook(rolling, {
    params: {version: '2.5.0', watch: '2s'},
    ops: {release: ops},
    timeout: '2m',
  })
  expect(run, run.log.join('\n')).toMatchObject({
    outcome: 'undo failed',
    undone: ['batch 3', 'batch 2', 'batch 1'],
  })
  expect(run.reason).toMatch(/the others serve as before; not brought back: blue-3 \(.*, without 2\.2\.0\)/)
  expect(versions()).toEqual(['2.2.0', '2.2.0', undefined, '2.2.0'])
  const placed = await release().traffic()
  expect(placed.filter(({placement}) => placement === 'serving').map(({instance}) => instance)).toEqual(
    expect.arrayContaining(['blue-1', 'blue-2', 'blue-4']),
  )
  expect(placed.find(({instance}) => instance === 'blue-3')?.placement).toBe('draining')
}, 120_000)

test('what answered nothing before is stopped again and gets no traffic, and what had none before gets none', async () => {
  // blue-3 is as the run before left it: without traffic, and nothing answers there. blue-4 runs, and is taken out.
  await release().drainInstance('blue-4')
  lab.behaviours.set('2.6.0@blue-2', {health: 200, smoke: 500, errors: 0})
  const run = await walk('2.6.0')
  expect(run, run.log.join('\n')).toMatchObject({outcome: 'undone'})
  expect(versions()).toEqual(['2.2.0', '2.2.0', undefined, '2.2.0'])
  const serving = (await release().traffic()).filter(({placement}) => placement === 'serving')
  expect(serving.map(({instance}) => instance)).toEqual(['blue-1', 'blue-2'])
}, 120_000)

test('a batch that was cut off in its middle passes over what is done in it', async () => {
  await lab.begin('blue-3', '2.2.0')
  for (const name of ['blue-3', 'blue-4']) await release().undrainInstance(name)
  const own = release()
  const restarted: string[] = []
  let cut = true
  const ops = () => ({
    ...own,
    restart: async (id: string, version: string) => {
      restarted.push(id)
      await own.restart(id, version)
    },
    undrainInstance: async (id: string) => {
      if (id === 'blue-3' && cut) {
        cut = false
        throw new Error('cut off')
      }
      return own.undrainInstance(id)
    },
  })
  const roll = () =>
    testRunbook(rolling, {
      params: {version: '2.7.0', batch: 2, watch: '1s', maxFailures: 1},
      ops: {release: ops},
      timeout: '2m',
    })
  expect(await roll()).toMatchObject({outcome: 'unproven', reason: 'blue-3 failed and takes no traffic'})
  expect(restarted).toEqual(['blue-1', 'blue-2', 'blue-3', 'blue-4'])
  restarted.splice(0)
  const again = await roll()
  expect(again.steps).toMatchObject({'batch 1': 'already done', 'batch 2': 'done'})
  expect(restarted).toEqual(['blue-3'])
}, 120_000)
