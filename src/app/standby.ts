import {newRunId} from '../runs/run-id.ts'
import type {RunnerSite} from '../runs/runner-process.ts'
import {type Standby, startStandby} from '../runs/standby.ts'
import {standbyLog} from '../store/runs/standby-log.ts'
import {stateDirectory} from '../store/state-dir.ts'

/** `plan`: of which it will be the run. Undefined when none can be started now: whatever is the matter, the plan or the start will say it. */
export function openStandby(options: Omit<RunnerSite, 'stateDir'>, plan: string | true): Standby | undefined {
  try {
    const stateDir = stateDirectory(options.env)
    return startStandby({...options, stateDir}, standbyLog(stateDir, plan === true ? newRunId(Date.now()) : plan))
  } catch {
    return undefined
  }
}

/** A runner that is not wanted leaves nothing behind. */
export function leaveStandby(stateDir: string, run: string): number {
  standbyLog(stateDir, run).remove()
  return 0
}
