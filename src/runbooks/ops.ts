import type {BackupOps} from '../backups/ops.ts'
import type {CacheOps} from '../caches/ops.ts'
import type {Environment} from '../config/environment.ts'
import type {DatabaseOps} from '../databases/ops.ts'
import type {ProbeResult} from '../monitors/sample.ts'
import type {ReleaseOps} from '../releases/ops.ts'
import type {InstanceView} from '../releases/views.ts'
import type {ServiceOps} from '../services/published/ops.ts'

/** What a step can see and change of the configured system, beside the shell. Names default to the only one. */
export interface Ops {
  readonly environment: Environment
  release(name?: string): ReleaseOps
  backup(name?: string): BackupOps
  cache(name?: string): CacheOps
  database(name?: string): DatabaseOps
  /** Of a service whose platform keeps published versions. */
  service(name?: string): ServiceOps
  /** Looks at a service, cache or database now, past the monitor. */
  probe(kind: 'service' | 'cache' | 'database', name: string): Promise<ProbeResult>
  /** Names of what is configured in this environment, in the order of the file. */
  names(kind: 'service' | 'cache' | 'database' | 'backup' | 'release'): readonly string[]
  /** Instances of a release, both slots. */
  instances(service: string): Promise<readonly InstanceView[]>
  /** Whether an instance answers its health path with 200, and why not. */
  healthy(instance: {readonly url: string; readonly health?: string}): Promise<Verdict>
}

/** A decision with its reason. Verify functions may also return a plain boolean. */
export interface Verdict {
  readonly ok: boolean
  readonly reason: string
}
