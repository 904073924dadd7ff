import {stat} from 'node:fs/promises'
import {uptime} from 'node:os'
import {OpsError} from '../../../errors.ts'
import {type ChildProcessView, childrenOf} from '../../../processes/children.ts'
import {processStat} from '../../../processes/identity.ts'
import {processTitle} from '../../../processes/process-title.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Clock} from '../../../units/clock.ts'
import {readBoundedSoon} from '../../../files/bounded-file.ts'

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

/** Raises `traffic/unreachable` when that is no running nginx. */
export async function readWorkers(pidFile: string, clock: Pick<Clock, 'now'>): Promise<Workers> {
  // Both clocks at one instant: on a busy host a moment between them would make every worker older than it is.
  const bootedAt = clock.now() - uptime() * 1000
  const master = Number((await readBoundedSoon(pidFile).then(String, () => '')).trim() || Number.NaN)
  const title = Number.isInteger(master) ? processTitle(master) : undefined
  if (title === undefined || !title.startsWith('nginx: master process'))
    throw new OpsError('traffic/unreachable', `no nginx runs by ${escapeLine(pidFile, 200)}`, {
      hint: 'Start it, or correct traffic.pidFile. This driver works on the host that nginx runs on.',
    })
  const workers = childrenOf(master).filter(({title: own}) => own.startsWith('nginx: worker process'))
  const active = workers.filter(worker => !isFinishing(worker))
  const started = Math.min(...active.map(({startTicks}) => startedAt(startTicks, bootedAt)))
  return {
    master,
    active: active.map(({pid}) => pid),
    finishing: workers.length - active.length,
    since: active.length === 0 ? undefined : started + (await clockSetBack(pidFile, {master, bootedAt})),
  }
}

const isFinishing = ({title}: ChildProcessView): boolean => title.endsWith('is shutting down')

/** Linux counts the start of a process in hundredths of a second since boot. */
const startedAt = (startTicks: number, bootedAt: number): number => bootedAt + startTicks * 10

const SECOND_OR_TWO = 2_000

/**
 * How far the clock was set back since the master started: it wrote its pid file then, by the clock of that moment.
 * Times of files that are older than the change are later by this much.
 */
async function clockSetBack(
  pidFile: string,
  {master, bootedAt}: {readonly master: number; readonly bootedAt: number},
): Promise<number> {
  const {mtimeMs} = await stat(pidFile)
  const back = mtimeMs - startedAt(processStat(master)?.startTicks ?? 0, bootedAt)
  return back > SECOND_OR_TWO ? back : 0
}
