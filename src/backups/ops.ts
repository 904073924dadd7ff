import type {OpsTools} from '../kinds/ops-tools.ts'
import {databaseAccess} from './access.ts'
import {type Catalog, openCatalog} from './catalog.ts'
import {createDrillOps, type DrillOps} from './drill-ops.ts'
import {createFitOps, type FitOps} from './fit-ops.ts'
import {createKeepingOps, type KeepingOps} from './keeping-ops.ts'
import type {MakingOps} from './making.ts'
import {createMakingOps} from './making-ops.ts'
import type {LiveDatabase} from './methods/method.ts'
import {methodSpec} from './methods/method-spec.ts'
import {methods} from './methods/registry.ts'
import {outsideCatalog} from './outside-catalog.ts'
import {physicalCatalog} from './physical-catalog.ts'
import type {BackupPurpose} from './questions.ts'
import {requireReady} from './ready.ts'
import {createPlaceOps, type PlaceOps} from './copies/place-ops.ts'
import {type CopyOps, createCopyOps} from './recovery/copy-ops.ts'
import {createRecoveryOps, type RecoveryOps} from './recovery/recovery-ops.ts'
import {createRestorePointOps, type RestorePointOps} from './restore-point.ts'
import {createRestoreOps, type RestoreOps} from './restore-ops.ts'
import {createSignOps, type SignOps} from './signing/sign-ops.ts'
import {openSignatures} from './signing/signatures.ts'
import {createSwapOps, type SwapOps} from './swap-ops.ts'
import {backupSource, type BackupsConfig, type BackupSource, folderOf} from './source.ts'
import {storages} from './storage/registry.ts'
import {type Verdict, verdictOf} from './verdict.ts'
import {createTableOps, type TableOps} from './tables/table-ops.ts'
import type {OpsContext} from './context.ts'

/** What runbooks and commands can do with one configured backup. Every change goes through `tools.act`. */
export interface BackupOps
  extends KeepingOps,
    MakingOps,
    FitOps,
    RestoreOps,
    RestorePointOps,
    RecoveryOps,
    CopyOps,
    SignOps,
    SwapOps,
    TableOps,
    DrillOps,
    PlaceOps<BackupOps> {
  /** Name in the configuration. */
  readonly name: string
  readonly environment: string
  /** What is copied: the name of a database in the configuration, the path of a file. */
  readonly database: string
  /** Where the backups and their catalogue are; never with credentials. */
  readonly location: string
  /** Usable copies to keep, and the age at which the newest is too old, milliseconds. */
  readonly keep: number
  readonly rpoMs: number
  /** Nothing is touched, so nothing can be measured or proved. */
  readonly dryRun: boolean
  readonly objectives: {readonly rtoMs: number; readonly rpoMs: number}
  /** The database as it is now. Raises `database/unreachable`. */
  live(): Promise<LiveDatabase>
  /** As `verify`, of one among many: a manifest that cannot be believed is a result as well. */
  verdict(id: string): Promise<Verdict>
  /**
   * Raises `config/invalid` with all that would stop such a run in its middle and can be read before it. The doctor asks
   * the same. A backup that is going to be read is opened at its first bytes, so that a wrong key is known now.
   */
  requireReady(purpose: BackupPurpose, id?: string): Promise<void>
}

/** Raises `usage/arguments` when there is no such backup, `config/invalid` when its database is not configured. */
export type CreateBackupOps = (config: BackupsConfig, tools: OpsTools, name?: string) => BackupOps

type BackupDrivers = readonly [Awaited<ReturnType<typeof storages.load>>, Awaited<ReturnType<typeof methods.load>>]

/** Loads the drivers of these backups, or all. */
export async function loadBackupOps(backups?: BackupsConfig['backups']): Promise<CreateBackupOps> {
  const drivers = await Promise.all([
    storages.load(
      backups?.flatMap(({storage, copies}) => [storage, ...copies.map(copy => copy.storage)]).map(({type}) => type),
    ),
    methods.load(backups?.map(backup => methodSpec(backup).type)),
  ])
  return (config, tools, name) => createBackupOps(drivers, config, tools, name)
}

function createBackupOps(
  [openStorage, openMethod]: BackupDrivers,
  ...[config, tools, name]: Parameters<CreateBackupOps>
): BackupOps {
  const source = backupSource(config, tools.environment.name, name)
  const {backup} = source
  const access = databaseAccess(source, tools)
  const method = openMethod(methodSpec(backup), {
    access,
    binaries: backup.drill.binaries,
    exec: tools.exec,
    secret: tools.secret,
  })
  const storage = openStorage(backup.storage, {folder: folderOf(backup), secret: tools.secret})
  const signatures = openSignatures(backup, {exec: tools.exec})
  const {outside} = method
  const own = openCatalog(source, storage, signatures)
  const catalog =
    method.repository === undefined
      ? outside === undefined
        ? own
        : outsideCatalog(own, outside)
      : physicalCatalog(method.repository, storage)
  const openPlace = (place: BackupSource): Catalog =>
    openCatalog(
      place,
      openStorage(place.backup.storage, {folder: folderOf(place.backup), secret: tools.secret}),
      signatures,
    )
  return backupOpsOf({source, tools, catalog, access, method, openPlace})
}

/** The same, of parts that are open. */
export function backupOpsOf(context: OpsContext): BackupOps {
  const {source, tools, method} = context
  const {backup} = source
  const [keeping, making] = [createKeepingOps(context), createMakingOps(context)]
  return {
    name: backup.name,
    environment: backup.environment,
    database: source.what,
    location: source.address,
    keep: backup.keep,
    rpoMs: backup.rpo,
    dryRun: tools.dryRun,
    objectives: {rtoMs: backup.drill.rto, rpoMs: backup.drill.rpo},
    live: () => method.live(),
    verdict: id => verdictOf(each => making.verify(each), id),
    requireReady: (purpose, id) => requireReady(context, purpose, id),
    ...keeping,
    ...making,
    ...createRestorePointOps(context, {...keeping, ...making}),
    ...createFitOps(context),
    ...createRestoreOps(context),
    ...createRecoveryOps(context),
    ...createSignOps(context),
    ...createCopyOps(context),
    ...createSwapOps(context),
    ...createTableOps(context),
    ...createDrillOps(context),
    ...createPlaceOps(context, backupOpsOf),
  }
}
