import {processStat} from '../processes/identity.ts'
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
      if (!lives(runner.pid)) {
        log.remove()
        return undefined
      }
      log.become(stored.log)
      return runner
    },
  }
}

/** Its end may have come and not been told yet. */
const lives = (pid: number | undefined): boolean => pid !== undefined && (processStat(pid)?.state ?? 'Z') !== 'Z'
