import {messageOf} from '../errors.ts'
import type {ProbeResult, Target} from '../monitors/sample.ts'
import {escapeLine} from '../text/escape.ts'
import {once} from '../units/once.ts'
import {untilAborted} from '../units/until-aborted.ts'
import type {Clock} from '../units/clock.ts'
import type {Exec} from '../processes/exec.ts'
import {type Catalog, openCatalog} from './catalog.ts'
import {copyFault, ruleOf} from './copies/rule.ts'
import {type Elsewhere, watchElsewhere} from './copies/watch-copies.ts'
import {readDrills} from './drill-ops.ts'
import {judgeCatalog, newestGood, withCopies, withDrills} from './judge-catalog.ts'
import {keepLogEnds, type LogEnds} from './log-ends.ts'
import {earliestMoment} from './moment.ts'
import {type BackupDetail, catalogueDetail} from './backup-detail.ts'
import {proofAge} from './proof-age.ts'
import {roomLeft} from './room-left.ts'
import type {DrillRecord} from './records.ts'
import {type BackupsConfig, backupSources, type BackupSource, folderOf} from './source.ts'
import {type KnownVerdicts, openSignatures} from './signing/signatures.ts'
import {storages} from './storage/registry.ts'
import type {StorageTools} from './storage/storage.ts'

type OpenStorage = Awaited<ReturnType<typeof storages.load>>
type TargetTools = Pick<StorageTools, 'secret'> & {readonly clock: Clock; readonly exec: Exec}

/** One that a person stopped says nothing; among so many is one that went to its end. */
const DRILLS = 10

/** One target for each configured backup; a probe reads the catalogue, never the backups themselves. */
export async function backupTargets(config: BackupsConfig, tools: TargetTools): Promise<readonly Target[]> {
  const openStorage = await storages.load(
    config.backups.flatMap(({storage, copies}) => [storage, ...copies.map(copy => copy.storage)]).map(({type}) => type),
  )
  const known: KnownVerdicts = new Map()
  const outside = config.backups.some(({restic}) => restic !== undefined)
    ? {...(await import('./methods/restic/outside.ts')), ...(await import('./outside-catalog.ts'))}
    : undefined
  return backupSources(config).map(source => {
    const open = (place: BackupSource): Catalog => openPlace(place, {...tools, openStorage, known})
    // Kept open: a storage may remember what it has read.
    const {restic} = source.backup
    const catalog = once(() =>
      outside === undefined || restic === undefined
        ? open(source)
        : outside.outsideCatalog(open(source), outside.openOutside(restic, tools)),
    )
    const elsewhere = watchElsewhere(source, {clock: tools.clock, open, first: catalog})
    const ends = keepLogEnds()
    return {
      id: `backup/${source.backup.environment}/${source.backup.name}` as const,
      kind: 'backup' as const,
      environment: source.backup.environment,
      name: source.backup.name,
      intervalMs: source.backup.interval,
      timeoutMs: source.backup.timeout,
      probe: (signal: AbortSignal) => probeCatalog(source, {...tools, catalog: catalog(), elsewhere, ends}, signal),
    }
  })
}

const worldOf = ({as, where, real, differs}: NonNullable<DrillRecord['world']>): string =>
  escapeLine(
    `as ${as} on ${where}; ${differs.length === 0 ? `nothing would differ on ${real}` : `on ${real} would differ: ${differs.join(', ')}`}`,
    300,
  )

function openPlace(
  {backup, ...source}: BackupSource,
  tools: TargetTools & {readonly openStorage: OpenStorage; readonly known: KnownVerdicts},
): Catalog {
  const storage = tools.openStorage(backup.storage, {folder: folderOf(backup), secret: tools.secret})
  return openCatalog({backup, ...source}, storage, openSignatures(backup, tools))
}

async function probeCatalog(
  source: BackupSource,
  tools: TargetTools & {
    readonly catalog: Catalog
    readonly elsewhere: (signal: AbortSignal) => Promise<Elsewhere>
    readonly ends: LogEnds
  },
  signal: AbortSignal,
): Promise<ProbeResult> {
  const {clock, catalog} = tools
  const {storage} = catalog
  const begun = clock.monotonic()
  try {
    if (source.backup.method === 'pgbackrest')
      return await (await import('./physical-target.ts')).probePhysical({source, storage}, tools, signal)
    // A file system that hangs (NFS) does not answer an abort: it is left behind.
    const entries = await untilAborted(signal, catalog.list(signal))
    const drills = await untilAborted(signal, readDrills(catalog.storage, DRILLS))
    const [drill] = drills
    const {copies, freeBytes} = await tools.elsewhere(signal)
    const now = clock.now()
    const newest = newestGood(entries, now)
    const room = roomLeft(entries, {freeBytes, keep: source.backup.keep})
    const catalogue = catalogueDetail(entries)
    const lastDrill =
      drill === undefined
        ? undefined
        : {
            at: drill.endedAt,
            rtoMs: drill.rtoMs ?? Number.NaN,
            rpoMs: drill.rpoMs,
            ok: drill.ok,
            ...(drill.world === null ? {} : {world: worldOf(drill.world)}),
          }
    return {
      ...withCopies(
        withDrills(judgeCatalog(entries, source.backup.rpo, now), drills),
        copyFault({copies, entries, now}, source.backup.rpo),
      ),
      latencyMs: clock.monotonic() - begun,
      checks: [],
      values: {
        rpoMs: source.backup.rpo,
        count: entries.length,
        storedBytes: catalogue.totalBytes,
        ...proofAge(entries, drills, now),
        ...(freeBytes === undefined ? {} : {freeBytes}),
        ...(room === undefined ? {} : {fullInMs: room.fullInMs}),
        ...(newest === undefined
          ? {}
          : {ageMs: Math.max(0, now - earliestMoment(newest)), newestBytes: newest.storedBytes}),
      },
      detail: {
        ...catalogue,
        lastDrill,
        copies,
        rule: ruleOf({
          entries,
          type: source.backup.storage.type,
          copies,
          outside: source.backup.restic === undefined ? undefined : 'the repository of restic',
          now,
        }),
        ...(freeBytes === undefined ? {} : {freeBytes}),
        ...(room === undefined ? {} : {room}),
      } satisfies BackupDetail,
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
