import {afterAll, beforeAll, expect, test} from 'vitest'
import deploy from '../../runbooks/deploy.ts'
import rollback from '../../runbooks/rollback.ts'
import {cacheTargets} from '../../src/caches/target.ts'
import type {CacheDetail} from '../../src/caches/target.ts'
import {loadConfig} from '../../src/config/load.ts'
import type {Config} from '../../src/config/schema.ts'
import {createSecretResolver} from '../../src/config/secrets.ts'
import {setLoad} from '../../src/lab/load-control.ts'
import {execProgram} from '../../src/processes/run.ts'
import {loadReleaseOps} from '../../src/releases/ops.ts'
import {type ReleaseDetail, releaseTargets} from '../../src/releases/target.ts'
import type {Ops} from '../../src/runbooks/ops.ts'
import {probeTools} from '../probe-tools.ts'
import {type RunningLab, startLab} from '../servers/lab.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {walkRunbook} from '../servers/walk-runbook.ts'

const createReleaseOps = await loadReleaseOps()

let lab: RunningLab
let config: Config
beforeAll(async () => {
  lab = await startLab({rps: 0})
  config = loadConfig({file: lab.configFile, env: {}, cwd: lab.dir})
}, 180_000)
afterAll(() => lab.stop(), 60_000)

const tools = () => ({
  ...probeTools,
  secret: createSecretResolver({exec: execProgram, env: {}, cwd: lab.dir, remember: () => undefined}),
})

function opsOf(signal = AbortSignal.timeout(600_000)): Ops {
  const [entry] = config.releases
  if (entry === undefined) throw new Error('the lab has no release')
  const release = createReleaseOps(entry, plainTools({signal}), config.file)
  return {environment: {name: 'lab', protected: true}, release: () => release} as unknown as Ops
}

/** Deploys under load are in `test/flows/lab-deploys.test.ts`, by the program itself. */
test('what was deployed and rolled back, and what the cache holds, is what the targets tell', async () => {
  for (const version of ['2.9.0', '2.10.0'])
    expect(await walkRunbook(deploy, {params: {version, watch: '1s'}, ops: opsOf()})).toMatchObject({
      outcome: 'done',
      reason: '',
      saved: {drain: {left: 0}},
    })
  expect(await walkRunbook(rollback, {params: {}, ops: opsOf()})).toMatchObject({outcome: 'done'})
  expect(await opsOf().release().live()).toMatchObject({version: '2.9.0'})
  await setLoad(lab.plan, {rps: 60, slow: 0, slowMs: 0})
  const [release] = await releaseTargets(config, tools())
  const [cache] = cacheTargets(config, tools())
  const look = async () => ({
    release: await release?.probe(AbortSignal.timeout(20_000)),
    cache: await cache?.probe(AbortSignal.timeout(20_000)),
  })
  await look()
  await expect
    .poll(async () => (await look()).release?.values['requestsPerSecond'] ?? 0, {timeout: 20_000, interval: 500})
    .toBeGreaterThan(10)
  const seen = await look()
  expect(seen.release).toMatchObject({status: 'up', version: '2.9.0'})
  const detail = seen.release?.detail as ReleaseDetail
  expect(detail.slots.map(slot => slot.role).sort()).toEqual(['idle', 'live'])
  expect(detail.rollback).toMatchObject({ready: true, version: '2.10.0'})
  expect(seen.cache).toMatchObject({status: 'up'})
  const cached = seen.cache?.detail as CacheDetail | undefined
  expect(cached?.namespaces.map(row => row.pattern)).toContain('product:item:*')
  expect(cached?.counted).toMatchObject({exact: true})
  await Promise.all([release?.close?.(), cache?.close?.()])
}, 180_000)
