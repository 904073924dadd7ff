import {readFile, stat} from 'node:fs/promises'
import {uptime} from 'node:os'
import {OpsError} from '../../../errors.ts'
import {type ChildProcessView, childrenOf} from '../../../processes/children.ts'
import {processStat} from '../../../processes/identity.ts'
import {processTitle} from '../../../processes/process-title.ts'
import {escapeLine} from '../../../text/escape.ts'

/** The processes of one nginx now. */
export interface Workers {
  readonly master: number
  /** Take requests, by the configuration that was read last. */
  readonly active: readonly number[]
  /** Workers of an older configuration: they finish what they hold and take nothing new. */
  readonly finishing: number
  /** Milliseconds since the epoch at which the oldest active one started; undefined when none is active. */
  readonly since: number | undefined
}

/** Raises `traffic/unreachable` when that is no running nginx. `now`: milliseconds since the epoch. */
export async function readWorkers(pidFile: string, now: number): Promise<Workers> {
  const master = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim() || Number.NaN)
  const title = Number.isInteger(master) ? processTitle(master) : undefined
  if (title === undefined || !title.startsWith('nginx: master process'))
    throw new OpsError('traffic/unreachable', `no nginx runs by ${escapeLine(pidFile, 200)}`, {
      hint: 'Start it, or correct traffic.pidFile. This driver works on the host that nginx runs on.',
    })
  const workers = childrenOf(master).filter(({title: own}) => own.startsWith('nginx: worker process'))
  const active = workers.filter(worker => !isFinishing(worker))
  const started = Math.min(...active.map(({startTicks}) => startedAt(startTicks, now)))
  return {
    master,
    active: active.map(({pid}) => pid),
    finishing: workers.length - active.length,
    since: active.length === 0 ? undefined : started + (await clockSetBack(pidFile, {master, now})),
  }
}

const isFinishing = ({title}: ChildProcessView): boolean => title.endsWith('is shutting down')

/** Linux counts the start of a process in hundredths of a second since boot. */
const startedAt = (startTicks: number, now: number): number => now - (uptime() - startTicks / 100) * 1000

const SECOND_OR_TWO = 2_000

/**
 * How far the clock was set back since the master started: it wrote its pid file then, by the clock of that moment.
 * Times of files that are older than the change are later by this much.
 */
async function clockSetBack(
  pidFile: string,
  {master, now}: {readonly master: number; readonly now: number},
): Promise<number> {
  const {mtimeMs} = await stat(pidFile)
  const back = mtimeMs - startedAt(processStat(master)?.startTicks ?? 0, now)
  return back > SECOND_OR_TWO ? back : 0
}
