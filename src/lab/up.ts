import {existsSync} from 'node:fs'
import {rm, rmdir} from 'node:fs/promises'
import {OpsError} from '../errors.ts'
import {startCompanions, together} from './companions.ts'
import {writeConfiguration} from './configuration.ts'
import {alive, readPidFile} from './daemon.ts'
import {takeDown} from './down.ts'
import {deployInstance} from './instance/deploy.ts'
import {withLabLock} from './lock.ts'
import {deployedVersion} from './parts/app.ts'
import {haproxyPart, prepareHaproxy} from './parts/haproxy.ts'
import {loadPart} from './parts/load.ts'
import {partsOf} from './parts/list.ts'
import {postgresPart, preparePostgres} from './parts/postgres.ts'
import {redisReplicaFollows} from './parts/redis-replica.ts'
import {prepareRedis, redisPart} from './parts/redis.ts'
import {startPart} from './parts/start.ts'
import {configFile, keptFile, readPlan, writePlan} from './plan.ts'
import type {LabPlan} from './plan.ts'
import {makeDirectories, planLab} from './prepare.ts'
import type {PlanOptions} from './prepare.ts'
import {writeSecrets} from './secrets.ts'
import {createShop} from './shop.ts'
import {waitFor} from './wait.ts'

export interface LabTools {
  readonly signal: AbortSignal
  /** One line for people about what happens now. */
  readonly progress: (line: string) => void
  readonly now: () => number
}

export const FIRST_VERSION = '1.0.0'
const LIVE = 'blue'

/**
 * Starts the whole lab and writes its configuration. Raises `lab/running` when one is up there, `lab/tool-missing`,
 * `lab/start`; whatever goes wrong, everything that was started is stopped again. What a crash left is removed first;
 * what `lab down --keep` kept is used again.
 */
export async function labUp(options: PlanOptions, tools: LabTools): Promise<LabPlan> {
  const attempt = withLabLock(options.dir, async () => {
    const former = await readPlan(options.dir)
    const kept = former !== undefined && existsSync(keptFile(former))
    if (former !== undefined && !kept) await clearFormer(former, tools)
    const plan = kept ? former : await planLab(options, tools.now())
    await writePlan(plan)
    try {
      await (kept ? startAgain(plan, tools) : startNew(plan, tools))
      return plan
    } catch (error) {
      tools.progress('stopping what was started')
      const orphans = await takeDown(plan, {keepLogs: !tools.signal.aborted, keepAll: kept})
      if (orphans.length > 0) tools.progress(`still there: ${orphans.join(', ')}`)
      throw error
    }
  })
  return attempt.catch(async (error: unknown) => {
    // Nothing is left of an interrupted start; after a failed one the logs are, and the directory stays.
    await rmdir(options.dir).catch(() => {})
    throw error
  })
}

async function clearFormer(former: LabPlan, tools: LabTools): Promise<void> {
  const running = partsOf(former).filter(part => alive(readPidFile(part.pidFile)))
  if (running.length > 0 && finished(former))
    throw new OpsError(
      'lab/running',
      `a lab is up in ${former.dir} since ${new Date(former.createdAt).toISOString()}`,
      {
        hint: `See it with "opsconsole lab status", stop it with "opsconsole lab down".`,
      },
    )
  tools.progress('removing what an interrupted lab left behind')
  const orphans = await takeDown(former, {})
  if (orphans.length > 0)
    throw new OpsError('lab/start', `processes of the former lab do not end: ${orphans.join(', ')}`)
}

/** The configuration is the last thing that `labUp` writes. */
const finished = (plan: LabPlan): boolean => existsSync(configFile(plan.dir))

async function startNew(plan: LabPlan, tools: LabTools): Promise<void> {
  const {signal} = tools
  const stage = stageWith(tools)
  const start = performance.now()
  await makeDirectories(plan)
  await writeSecrets(plan)
  await stage(`PostgreSQL on port ${plan.ports.postgres}: new cluster, WAL archive`, async () => {
    await preparePostgres(plan, signal)
    await startPart(plan, postgresPart(plan), signal)
  })
  await together(startCompanions(plan, tools, {prepared: false}), startShop(plan, tools))
  await waitFor(() => redisReplicaFollows(plan), {timeoutMs: 10_000, signal})
  signal.throwIfAborted()
  const path = await writeConfiguration(plan)
  tools.progress(`up in ${((performance.now() - start) / 1000).toFixed(1)} s; configuration: ${path}`)
}

async function startShop(plan: LabPlan, tools: LabTools): Promise<void> {
  const stage = stageWith(tools)
  await stage('database shop', () => createShop(plan))
  await stage(`Redis on port ${plan.ports.redis}`, async () => {
    await prepareRedis(plan)
    await startPart(plan, redisPart(plan), tools.signal)
  })
  await prepareHaproxy(plan)
  await startFront(plan, tools, ` ${FIRST_VERSION}`)
}

/** The application, the load balancer and the load, each on the one before. */
async function startFront(plan: LabPlan, tools: LabTools, version: string): Promise<void> {
  const {signal} = tools
  const stage = stageWith(tools)
  await stage(`application${version} on ${LIVE}-1 and ${LIVE}-2`, () => deployLive(plan, signal))
  await stage(`HAProxy on port ${plan.ports.web}`, async () => {
    await startPart(plan, haproxyPart(plan), signal)
    await serving(plan, signal)
  })
  await stage(`load generator, ${plan.rps} requests a second`, () => startPart(plan, loadPart(plan), signal))
}

/** With the data, ports and versions of the last time. */
async function startAgain(plan: LabPlan, tools: LabTools): Promise<void> {
  const {signal} = tools
  const stage = stageWith(tools)
  await stage(`PostgreSQL on port ${plan.ports.postgres}`, () => startPart(plan, postgresPart(plan), signal))
  await stage(`Redis on port ${plan.ports.redis}`, () => startPart(plan, redisPart(plan), signal))
  await together(startCompanions(plan, tools, {prepared: true}), startFront(plan, tools, ''))
  signal.throwIfAborted()
  await rm(keptFile(plan), {force: true})
  tools.progress(`up again; configuration: ${configFile(plan.dir)}`)
}

function stageWith({signal, progress}: LabTools) {
  return async (title: string, work: () => Promise<unknown>): Promise<void> => {
    signal.throwIfAborted()
    progress(title)
    await work()
  }
}

/** The slot that HAProxy's configuration sends traffic to. */
async function deployLive(plan: LabPlan, signal: AbortSignal): Promise<void> {
  const live = plan.instances.filter(instance => instance.slot === LIVE)
  await together(
    ...live.map(async instance => {
      const version = (await deployedVersion(plan, instance.name)) ?? FIRST_VERSION
      await deployInstance(plan, instance, version, signal)
    }),
  )
}

/** The first page through the load balancer; raises `lab/start`. */
async function serving(plan: LabPlan, signal: AbortSignal): Promise<void> {
  const url = `http://127.0.0.1:${plan.ports.web}/products`
  const answers = async (): Promise<boolean> => (await fetch(url, {signal})).status === 200
  if (await waitFor(answers, {timeoutMs: 10_000, signal})) return
  throw new OpsError('lab/start', `${url} does not answer 200`, {hint: `Logs are in ${plan.dir}/log`})
}
