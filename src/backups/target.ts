import {messageOf} from '../errors.ts'
import type {ProbeResult, Target} from '../monitors/sample.ts'
import {escapeLine} from '../text/escape.ts'
import {untilAborted} from '../units/until-aborted.ts'
import type {Clock} from '../units/clock.ts'
import type {Exec} from '../processes/exec.ts'
import {openCatalog} from './catalog.ts'
import {readDrills} from './drill-ops.ts'
import {judgeCatalog, newestGood, withDrills} from './judge-catalog.ts'
import {earliestMoment} from './moment.ts'
import type {BackupDetail} from './backup-detail.ts'
import {type BackupsConfig, backupSources, type BackupSource, folderOf} from './source.ts'
import {type KnownVerdicts, openSignatures} from './signing/signatures.ts'
import {storages} from './storage/registry.ts'
import type {StorageTools} from './storage/storage.ts'

type OpenStorage = Awaited<ReturnType<typeof storages.load>>
type TargetTools = Pick<StorageTools, 'secret'> & {readonly clock: Clock; readonly exec: Exec}

/** Of the many, rows show the newest. */
const SHOWN = 60
/** One that a person stopped says nothing; among so many is one that went to its end. */
const DRILLS = 10

/** One target for each configured backup; a probe reads the catalogue, never the backups themselves. */
export async function backupTargets(config: BackupsConfig, tools: TargetTools): Promise<readonly Target[]> {
  const openStorage = await storages.load(config.backups.map(({storage}) => storage.type))
  const known: KnownVerdicts = new Map()
  return backupSources(config).map(source => ({
    id: `backup/${source.backup.environment}/${source.backup.name}` as const,
    kind: 'backup' as const,
    environment: source.backup.environment,
    name: source.backup.name,
    intervalMs: source.backup.interval,
    timeoutMs: source.backup.timeout,
    probe: signal => probeCatalog(source, {...tools, openStorage, known}, signal),
  }))
}

async function probeCatalog(
  source: BackupSource,
  tools: TargetTools & {readonly openStorage: OpenStorage; readonly known: KnownVerdicts},
  signal: AbortSignal,
): Promise<ProbeResult> {
  const {clock} = tools
  const begun = clock.monotonic()
  const storage = tools.openStorage(source.backup.storage, {folder: folderOf(source.backup), secret: tools.secret})
  const catalog = openCatalog(source, storage, openSignatures(source.backup, tools))
  try {
    if (source.backup.method === 'pgbackrest')
      return await (await import('./physical-target.ts')).probePhysical({source, storage}, tools, signal)
    // A file system that hangs (NFS) does not answer an abort: it is left behind.
    const entries = await untilAborted(signal, catalog.list(signal))
    const drills = await untilAborted(signal, readDrills(catalog.storage, DRILLS))
    const [drill] = drills
    const now = clock.now()
    const newest = newestGood(entries, now)
    const totalBytes = entries.reduce((sum, entry) => sum + entry.storedBytes, 0)
    const lastDrill =
      drill === undefined
        ? undefined
        : {at: drill.endedAt, rtoMs: drill.rtoMs ?? Number.NaN, rpoMs: drill.rpoMs, ok: drill.ok}
    return {
      ...withDrills(judgeCatalog(entries, source.backup.rpo, now), drills),
      latencyMs: clock.monotonic() - begun,
      checks: [],
      values: {
        rpoMs: source.backup.rpo,
        count: entries.length,
        storedBytes: totalBytes,
        ...(newest === undefined
          ? {}
          : {ageMs: Math.max(0, now - earliestMoment(newest)), newestBytes: newest.storedBytes}),
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
