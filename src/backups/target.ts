import {messageOf} from '../errors.ts'
import type {ProbeResult, Health, Target} from '../monitors/sample.ts'
import {escapeLine} from '../text/escape.ts'
import {formatDuration} from '../units/duration.ts'
import {untilAborted} from '../units/until-aborted.ts'
import type {Clock} from '../units/clock.ts'
import {openCatalog} from './catalog.ts'
import {readDrills} from './drill-ops.ts'
import {sizeAnomaly} from './judge.ts'
import type {BackupEntry, BackupRow} from './rows.ts'
import {type BackupsConfig, backupSources, type BackupSource, folderOf} from './source.ts'
import {storages} from './storage/registry.ts'
import type {StorageTools} from './storage/storage.ts'

type TargetTools = Pick<StorageTools, 'secret'> & {readonly clock: Clock}

/** What one probe of a catalogue leaves for the rows. */
export interface BackupDetail {
  readonly entries: readonly BackupEntry[]
  readonly totalBytes: number
  readonly lastDrill: BackupRow['lastDrill']
}

/** Of the many, rows show the newest. */
const SHOWN = 60

/** One target for each configured backup; a probe reads the catalogue, never the backups themselves. */
export function backupTargets(config: BackupsConfig, tools: TargetTools): readonly Target[] {
  return backupSources(config).map(source => ({
    id: `backup/${source.backup.environment}/${source.backup.name}` as const,
    kind: 'backup' as const,
    environment: source.backup.environment,
    name: source.backup.name,
    intervalMs: source.backup.interval,
    timeoutMs: source.backup.timeout,
    probe: signal => probeCatalog(source, tools, signal),
  }))
}

async function probeCatalog(source: BackupSource, tools: TargetTools, signal: AbortSignal): Promise<ProbeResult> {
  const {clock} = tools
  const begun = clock.monotonic()
  const catalog = openCatalog(
    source,
    storages.open(source.backup.storage, {folder: folderOf(source.backup), secret: tools.secret}),
  )
  try {
    // A file system that hangs (NFS) does not answer an abort: it is left behind.
    const entries = await untilAborted(signal, catalog.list(signal))
    const [drill] = await untilAborted(signal, readDrills(catalog.storage, 1))
    const now = clock.now()
    const newest = newestGood(entries)
    const totalBytes = entries.reduce((sum, entry) => sum + entry.storedBytes, 0)
    const lastDrill =
      drill === undefined
        ? undefined
        : {at: drill.endedAt, rtoMs: drill.rtoMs ?? Number.NaN, rpoMs: drill.rpoMs, ok: drill.ok}
    return {
      ...judgeCatalog(entries, source.backup.rpo, now),
      latencyMs: clock.monotonic() - begun,
      checks: [],
      values: {
        rpoMs: source.backup.rpo,
        count: entries.length,
        storedBytes: totalBytes,
        ...(newest === undefined ? {} : {ageMs: Math.max(0, now - newest.takenAt), newestBytes: newest.storedBytes}),
      },
      detail: {entries: entries.slice(0, SHOWN), totalBytes, lastDrill} satisfies BackupDetail,
    }
  } catch (error) {
    return {
      status: 'down',
      reason: escapeLine(`the catalogue cannot be read: ${messageOf(error)}`, 300),
      latencyMs: clock.monotonic() - begun,
      checks: [],
      values: {},
    }
  }
}

/** The one that counts against the recovery point objective. */
export const newestGood = (entries: readonly BackupEntry[]): BackupEntry | undefined =>
  entries.find(entry => entry.state === 'good' && entry.safety !== true)

/** Whether what is there would do, and why not. Pure. */
export function judgeCatalog(
  entries: readonly BackupEntry[],
  rpoMs: number,
  now: number,
): {readonly status: Health; readonly reason: string} {
  const good = newestGood(entries)
  const [newest] = entries
  if (newest === undefined) return {status: 'down', reason: 'no backup has been taken'}
  if (good === undefined)
    return {status: 'down', reason: `no good backup; the newest is ${newest.state}: ${newest.reason}`}
  const age = now - good.takenAt
  if (age > rpoMs)
    return {
      status: 'down',
      reason: `newest good backup is ${formatDuration(age)} old, objective ${formatDuration(rpoMs)}`,
    }
  if (newest.state === 'damaged' || (newest.state === 'incomplete' && now - newest.finishedAt > 3_600_000))
    return {status: 'degraded', reason: `the newest backup is ${newest.state}: ${newest.reason}`}
  if (sizeAnomaly(good.sizeChange))
    return {status: 'degraded', reason: `the newest good backup has ${percent(good.sizeChange ?? 0)} of the usual size`}
  return {status: 'up', reason: `newest good backup is ${formatDuration(age)} old, ${entries.length} kept`}
}

const percent = (change: number): string => `${Math.round((1 + change) * 100)} %`
