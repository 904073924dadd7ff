import type {Gate} from '../admission/gate.ts'
import type {AuditLog} from '../audit/record.ts'
import type {ResolveSecret} from '../config/fields.ts'
import type {Config} from '../config/schema.ts'
import type {Actor} from '../identity/actor.ts'
import type {Exec} from '../processes/exec.ts'
import type {RunbookDirectory} from '../runbooks/load.ts'
import type {ModuleWatch} from '../runbooks/module-watch.ts'
import type {StepTools} from '../kinds/ops-tools.ts'
import type {Ops} from '../runbooks/ops.ts'
import type {Redactor} from '../text/redact.ts'
import type {Clock} from '../units/clock.ts'
import type {RunLocks, RunStore, SharedRunLocks} from './ports.ts'
import type {StallWatch} from './stall-watch.ts'
import type {Standby} from './standby.ts'

/** Opens it in one environment, for one step. */
export type OpenOps = (tools: StepTools) => Ops

/** What the life of a run needs of the program around it. Everything opens on first use. */
export interface RunsContext {
  readonly options: {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly cwd: string
    /** The program itself, to start runners with: `cli.ts` or `dist/cli.mjs`. */
    readonly entry: string
    /** Sees what runbooks load; left out where none is loaded. */
    readonly modules?: ModuleWatch
    /** A runner that got ready beside this process, for the plan that it makes. */
    readonly standby?: Standby | undefined
  }
  readonly clock: Clock
  readonly exec: Exec
  readonly redactor: Redactor
  readonly secret: ResolveSecret
  /** Reads every secret that the configuration declares, so that none is printed. */
  readonly rememberDeclared: () => Promise<void>
  readonly stateDir: string
  /** As it was when it was first needed. */
  readonly config: () => Config
  /** Decides what may change, by the configuration as it is now. */
  readonly gate: Gate
  readonly actor: () => Actor
  readonly audit: () => AuditLog
  readonly runs: () => RunStore
  readonly locks: () => RunLocks
  /** Undefined when none are configured. */
  readonly sharedLocks: () => SharedRunLocks | undefined
  /** Over code of runbooks that may never come back. */
  readonly stalls: () => StallWatch
  readonly runbookDirectories: () => readonly RunbookDirectory[]
  /** Loads what runbooks can see and do of the configured system. */
  readonly ops: () => Promise<OpenOps>
  /** Asks whoever watches to probe now: what a run touched is not as it was a moment ago. */
  readonly askProbes: () => void
  close(): void
}
