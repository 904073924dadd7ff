import type {Watch, WatchedRow} from '../monitors/rows.ts'
import {timesWords} from './words.ts'
import type {PlacedHeartbeat} from './config.ts'
import type {HeartbeatRecord} from './record.ts'

export interface HeartbeatRow extends WatchedRow {
  readonly direction: 'in' | 'out'
  /** `every 1d`, `30 2 * * * UTC` */
  readonly when: string
  readonly graceMs: number
  /** Silent for longer, it is missing; left out: it is due by a calendar. */
  readonly missingAfterMs?: number
  readonly lastAt: number | undefined
  readonly lastOk: boolean | undefined
  readonly succeededAt: number | undefined
  readonly startedAt: number | undefined
  readonly tookMs: number | undefined
}

/** One row for each heartbeat, as it was last looked at. */
export function heartbeatRows(
  {heartbeats}: {readonly heartbeats: readonly PlacedHeartbeat[]},
  {view}: Pick<Watch, 'view'>,
): readonly HeartbeatRow[] {
  return heartbeats.map(heartbeat => {
    const {environment, name, interval: intervalMs} = heartbeat
    const {row, sample} = view({kind: 'heartbeat', environment, name, intervalMs})
    const {last, succeededAt, startedAt} = (sample?.detail ?? {}) as Partial<HeartbeatRecord>
    return {
      ...row,
      direction: heartbeat.send === undefined ? 'in' : 'out',
      when: timesWords(heartbeat),
      graceMs: heartbeat.grace,
      ...(heartbeat.every === undefined ? {} : {missingAfterMs: heartbeat.every + heartbeat.grace}),
      lastAt: last?.at,
      lastOk: last?.ok,
      succeededAt,
      startedAt,
      tookMs: last?.tookMs,
    }
  })
}
