import type {BackupOps} from '../backups/ops.ts'
import type {CacheOps} from '../caches/ops.ts'
import type {ResolveSecret} from '../config/fields.ts'
import type {Environment} from '../config/schema.ts'
import type {DatabaseOps} from '../databases/ops.ts'
import type {Finding} from '../monitors/sample.ts'
import type {Exec} from '../processes/exec.ts'
import type {InstanceView, ReleaseOps} from '../releases/ops.ts'
import type {Clock} from '../units/clock.ts'

/**
 * Every change that is made without the shell goes through `act`: the command is recorded literally before it is
 * carried out, printed instead in a dry run, and refused in read-only mode. `dry` is what a dry run returns.
 */
export type Act = <T>(command: string, change: (signal: AbortSignal) => Promise<T>, dry: T) => Promise<T>

/** What a domain gets to build its part of `ops` for one step. */
export interface OpsTools {
  readonly environment: Environment
  readonly run: string
  readonly act: Act
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly exec: Exec
  readonly secret: ResolveSecret
  readonly log: (line: string) => void
  readonly progress: (done: number, total: number, unit?: string) => void
  readonly dryRun: boolean
}

/** What a step can see and change of the configured system, beside the shell. Names default to the only one. */
export interface Ops {
  readonly environment: Environment
  release(name?: string): ReleaseOps
  backup(name?: string): BackupOps
  cache(name?: string): CacheOps
  database(name?: string): DatabaseOps
  /** Looks at a service, cache or database now, past the monitor. */
  look(kind: 'service' | 'cache' | 'database', name: string): Promise<Finding>
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
