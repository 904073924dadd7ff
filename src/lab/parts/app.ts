import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {logFile, pidFile, versionFile} from '../plan.ts'
import type {InstancePlan, LabPlan} from '../plan.ts'
import {readSecret} from '../secrets.ts'
import {listening} from '../wait.ts'
import {nodeArguments} from './node.ts'
import {baseEnvironment} from './part.ts'
import type {Part} from './part.ts'

/** The application gives requests in flight 15 s. */
const STOP_GRACE_MS = 17_000

/** One app instance; the version is the one of its last deploy, so a restart after a fault brings the same back. */
export function appPart(plan: LabPlan, instance: InstancePlan): Part {
  return {
    name: instance.name,
    port: instance.port,
    log: logFile(plan, instance.name),
    pidFile: pidFile(plan, instance.name),
    stop: {graceMs: STOP_GRACE_MS},
    startMs: 20_000,
    spec: async () => ({
      argv: [plan.programs.node, ...nodeArguments(plan.entries.app)],
      cwd: join(plan.home, 'app'),
      env: {
        ...baseEnvironment(plan),
        SHOP_INSTANCE: instance.name,
        SHOP_VERSION: (await deployedVersion(plan, instance.name)) ?? '0.0.0',
        PORT: String(instance.port),
        DATABASE_URL: await readSecret(plan.dir, 'shop-url'),
        REDIS_URL: await readSecret(plan.dir, 'redis-url'),
      },
      account: plan.accounts.app,
      log: logFile(plan, instance.name),
      pidFile: pidFile(plan, instance.name),
    }),
    ready: () => listening(instance.port),
  }
}

/** undefined when nothing was deployed there yet. */
export async function deployedVersion(plan: LabPlan, instance: string): Promise<string | undefined> {
  const text = await readFile(versionFile(plan, instance), 'utf8').catch(() => '')
  return text.trim() === '' ? undefined : text.trim()
}
