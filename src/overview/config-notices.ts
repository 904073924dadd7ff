import {type InForce, refusedWords} from '../monitors/in-force.ts'
import type {MonitorStatus} from '../monitors/monitor-port.ts'
import {formatMoment} from '../units/moment.ts'
import type {Snapshot} from './snapshot.ts'

/** What must be known of the configuration: a file that is refused, here or where it is watched, and two that differ. */
export function configNotices(
  here: InForce,
  {state, holder, inForce: there}: Pick<MonitorStatus, 'state' | 'holder' | 'inForce'>,
  now: number,
): Snapshot['notices'] {
  const refusedHere = refusedWords(here, now)
  if (refusedHere !== undefined) return [{level: 'critical', text: refusedHere}]
  if (state !== 'elsewhere' || there === undefined) return []
  const refusedThere = refusedWords(there, now)
  if (refusedThere !== undefined) return [{level: 'critical', text: `${holder}: ${refusedThere}`}]
  if (there.writtenAt === here.writtenAt && there.file === here.file) return []
  const what = there.file === here.file ? `the configuration of ${formatMoment(there.writtenAt, now)}` : there.file
  const own = there.file === here.file ? `that of ${formatMoment(here.writtenAt, now)}` : here.file
  return [{level: 'warning', text: `${holder} watches by ${what}, not by ${own}`}]
}
