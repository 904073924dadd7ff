import type {WatchView} from '../monitors/rows.ts'
import {newestGood} from './judge-catalog.ts'
import {earliestMoment} from './moment.ts'
import type {BackupEntry, BackupRow} from './rows.ts'
import {type BackupsConfig, backupSources} from './source.ts'
import type {BackupDetail} from './backup-detail.ts'

const isUsable = ({state}: BackupEntry): boolean => state === 'good' || state === 'unchecked'

/** One row for each configured backup, from the monitor's view. The age grows between probes, so `now` is wanted. */
export function backupRows(config: BackupsConfig, view: WatchView, now: number): readonly BackupRow[] {
  return backupSources(config).map(({backup, what, address}) => {
    const {environment, name, interval} = backup
    const {row, sample} = view({kind: 'backup', environment, name, intervalMs: interval})
    const {
      entries = [],
      total = entries.length,
      totalBytes = 0,
      restoreTestedAt,
      lastDrill,
      recovery,
      copies,
      rule,
      freeBytes,
      room,
    } = (sample?.detail ?? {}) as Partial<BackupDetail>
    const newest = recovery === undefined ? newestGood(entries, now) : entries.find(isUsable)
    return {
      ...row,
      database: what,
      location: address,
      rpoMs: backup.rpo,
      ageMs: newest === undefined ? undefined : Math.max(0, now - earliestMoment(newest)),
      newest,
      entries,
      total,
      totalBytes,
      restoreTestedAt,
      lastDrill,
      ...(freeBytes === undefined ? {} : {freeBytes}),
      ...(room === undefined ? {} : {room}),
      ...(copies === undefined ? {} : {copies}),
      ...(rule === undefined ? {} : {rule}),
      ...(recovery === undefined ? {} : {recovery}),
    }
  })
}
