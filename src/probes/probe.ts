import type {ResolveSecret} from '../config/fields.ts'
import type {ProbeResult} from '../monitors/sample.ts'
import type {Exec} from '../processes/exec.ts'
import type {Matcher} from '../text/matcher.ts'
import type {Clock} from '../units/clock.ts'

/** What a probe driver may use. No driver reaches for the clock, the environment or a child process by itself. */
export interface ProbeTools {
  readonly clock: Clock
  readonly secret: ResolveSecret
  readonly exec: Exec
  readonly matcher: Matcher
}

export interface Probe {
  run(signal: AbortSignal): Promise<ProbeResult>
  close?(): Promise<void>
}
