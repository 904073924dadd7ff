import type {ResolveSecret} from '../config/fields.ts'
import type {Finding} from '../monitors/sample.ts'
import type {Exec} from '../processes/exec.ts'
import type {Clock} from '../units/clock.ts'

/** What a probe driver may use. No driver reaches for the clock, the environment or a child process by itself. */
export interface ProbeTools {
  readonly clock: Clock
  readonly secret: ResolveSecret
  readonly exec: Exec
}

export interface Probe {
  look(signal: AbortSignal): Promise<Finding>
  close?(): Promise<void>
}

/** A probe driver: one folder with schema, implementation and test, and one line in the registry. */
export interface ProbeDriver<Spec> {
  readonly type: string
  open(spec: Spec, tools: ProbeTools): Probe
}
