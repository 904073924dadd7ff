import type {DaemonSpec, StopOptions} from '../daemon.ts'
import type {LabPlan} from '../plan.ts'

/** One daemon of the lab: how it is started, how we know that it serves, how it is stopped. */
export interface Part {
  readonly name: string
  readonly port: number
  readonly log: string
  readonly pidFile: string
  readonly stop: StopOptions
  /** How long it may take to serve. */
  readonly startMs: number
  spec(plan: LabPlan): Promise<DaemonSpec>
  /** Whether it serves now. */
  ready(plan: LabPlan): Promise<boolean>
}

/** What every daemon gets; `OPSCONSOLE_LAB` marks the processes that belong to this lab. */
export function baseEnvironment(plan: LabPlan): Record<string, string> {
  return {
    PATH: `${plan.programs.postgresBin}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    HOME: plan.home,
    OPSCONSOLE_LAB: plan.home,
  }
}
