import {backupTargets} from '../backups/target.ts'
import {cacheTargets} from '../caches/target.ts'
import {databaseTargets} from '../databases/target.ts'
import type {Target} from '../monitors/sample.ts'
import {serviceTargets} from '../services/target.ts'
import {probes} from '../probes/registry.ts'
import {releaseTargets} from '../releases/target.ts'
import type {RunsContext} from '../runs/context.ts'

/** Everything the configuration says is watched. */
export function allTargets(base: Pick<RunsContext, 'config' | 'clock' | 'secret' | 'exec'>): readonly Target[] {
  const config = base.config()
  const tools = {clock: base.clock, secret: base.secret, exec: base.exec}
  return [
    ...serviceTargets(config, {openProbe: spec => probes.open(spec, tools)}),
    ...databaseTargets(config, tools),
    ...cacheTargets(config, tools),
    ...backupTargets(config, tools),
    ...releaseTargets(config, tools),
  ]
}
