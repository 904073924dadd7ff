import {createBackupOps} from '../backups/ops.ts'
import {createCacheOps} from '../caches/ops.ts'
import type {Config} from '../config/schema.ts'
import {createDatabaseOps} from '../databases/ops.ts'
import {OpsError} from '../errors.ts'
import type {Target} from '../monitors/sample.ts'
import {instanceHealth} from '../releases/health.ts'
import {createReleaseOps} from '../releases/ops.ts'
import {request} from '../releases/request.ts'
import type {Ops} from '../runbooks/ops.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'

/** Of one question whether an instance is healthy. */
const HEALTH_MS = 5_000

/** Everything a runbook can see and do of the configured system in one environment. */
export function createOps(config: Config, tools: OpsTools, targets: () => readonly Target[]): Ops {
  const environment = tools.environment.name
  const release: Ops['release'] = name =>
    createReleaseOps(pick(config.releases, {kind: 'release', environment, name}), tools, config.file)
  return {
    environment: tools.environment,
    release,
    backup: name => createBackupOps(config, tools, pick(config.backups, {kind: 'backup', environment, name}).name),
    cache: name => createCacheOps(pick(config.caches, {kind: 'cache', environment, name}), tools),
    database: name => createDatabaseOps(pick(config.databases, {kind: 'database', environment, name}), tools),
    look: async (kind, name) => {
      const target = targets().find(
        candidate => candidate.kind === kind && candidate.environment === environment && candidate.name === name,
      )
      if (!target)
        throw new OpsError('config/environment', `there is no ${kind} ${JSON.stringify(name)} in ${environment}`)
      try {
        return await target.look(AbortSignal.any([tools.signal, AbortSignal.timeout(target.timeoutMs)]))
      } finally {
        await target.close?.()
      }
    },
    names: kind => config[`${kind}s`].filter(entry => entry.environment === environment).map(entry => entry.name),
    instances: async service => (await release(service).slots()).flatMap(slot => slot.instances),
    healthy: instance => instanceHealth(instance, {request, timeoutMs: HEALTH_MS, signal: tools.signal}),
  }
}

/** The named entry of the environment, or its only one. */
function pick<T extends {readonly name: string; readonly environment: string}>(
  entries: readonly T[],
  want: {readonly kind: string; readonly environment: string; readonly name: string | undefined},
): T {
  const here = entries.filter(entry => entry.environment === want.environment)
  const found = want.name === undefined ? here : here.filter(entry => entry.name === want.name)
  const [only] = found
  if (only && found.length === 1) return only
  const names = here.map(entry => entry.name).join(', ') || 'none'
  const problem =
    want.name === undefined && here.length > 1
      ? `there are several ${want.kind}s in ${want.environment}; name one`
      : `there is no ${want.kind} ${want.name === undefined ? '' : `${JSON.stringify(want.name)} `}in ${want.environment}`
  throw new OpsError(want.kind === 'release' ? 'release/unknown' : 'runbook/params', problem, {
    hint: `Configured: ${names}.`,
  })
}
