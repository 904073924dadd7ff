import {isRunning} from '../processes/identity.ts'
import type {StandbyLog, StoredRun} from './ports.ts'
import {type RunnerProcess, type RunnerSite, startRunner} from './runner-process.ts'

/** A runner that loads the program while the command that will start it does so too, and makes the plan. */
export interface Standby {
  /** The run that it is for. */
  readonly run: string
  /** For the run that now exists; undefined when it has died meanwhile. */
  take(stored: Pick<StoredRun, 'log'>): RunnerProcess | undefined
}

export function startStandby(site: RunnerSite, log: StandbyLog): Standby {
  const runner = startRunner(site, [log.run], log.create())
  return {
    run: log.run,
    take: stored => {
      if (!isRunning(runner.pid)) {
        log.remove()
        return undefined
      }
      log.become(stored.log)
      return runner
    },
  }
}
