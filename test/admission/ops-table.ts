import {tmpdir} from 'node:os'
import path from 'node:path'
import type {BackupOps} from '../../src/backups/ops.ts'
import type {RecoveryPlan} from '../../src/backups/recovery/plan.ts'
import type {CacheOps} from '../../src/caches/ops.ts'
import type {DatabaseOps} from '../../src/databases/ops.ts'
import type {ServiceOps} from '../../src/services/published/ops.ts'
import type {ReleaseOps} from '../../src/releases/ops.ts'
import {BACKUP, OLD} from './ops-fakes.ts'

/** reads: changes nothing · notes: what it found, at its end · else: a call that changes something. */
type Row<Ops> = 'reads' | 'notes' | ((ops: Ops) => Promise<unknown>)
type Table<Ops> = Readonly<Record<keyof Ops, Row<Ops>>>

export const place = {database: 'shop_restore_1'}
export const scratch = () => ({
  directory: path.join(tmpdir(), 'opsconsole-drill-x'),
  binaries: '/none',
  account: undefined,
  superuser: 'postgres',
})
const recovery: RecoveryPlan = {
  backup: 'shop',
  target: {kind: 'latest', text: 'latest'},
  set: BACKUP,
  chain: [],
  timeline: 1,
  serverVersion: '15',
  systemIdentifier: '1',
  wal: {from: '', to: '', segments: 0},
  window: {from: '', to: ''},
  database: 'shop',
  databases: [],
  tablespaces: [],
  databaseBytes: 1,
  freeBytes: 2,
  place: tmpdir(),
  estimateMs: undefined,
  lostMs: undefined,
  notes: [],
}
const proof = {
  ok: true,
  reason: '',
  tables: 0,
  rows: 0,
  measured: [],
  checks: [],
  stopped: undefined,
  lastTransaction: undefined,
  segments: 0,
}
const orders = {schema: 'public', name: 'orders', live: 'there'} as const
const staged = {
  tables: [],
  members: [orders],
  measured: [],
  foreignKeys: [],
  statistics: [],
  publications: [],
  views: [],
  proof: '',
}
const names = {live: 'shop', restored: 'shop_restore_1', kept: 'shop_before_1'}

const each = <As extends string, Key extends string>(as: As, ...keys: readonly Key[]): Readonly<Record<Key, As>> =>
  Object.fromEntries(keys.map(key => [key, as])) as Record<Key, As>

const backup: Table<BackupOps> = {
  ...each(
    'reads',
    'name',
    'environment',
    'database',
    'location',
    'keep',
    'rpoMs',
    'dryRun',
    'objectives',
    'live',
    'requireReady',
    'list',
    'pick',
    'prunePlan',
    'restoreEstimate',
    'fit',
    'requireFit',
    'drillWorld',
    'removeKept',
    'swapNames',
    'swapState',
    'planTables',
    'tablePlaces',
    'tablesState',
    'planScratch',
    'drills',
    'recoveryPlan',
    'signature',
    'planRecovered',
    'proveRecovered',
    'copies',
    'at',
    'missingAt',
    'prunePlanAt',
  ),
  create: ops => ops.create(),
  createRestorePoint: ops => ops.createRestorePoint('before 2'),
  copyTo: ops => ops.copyTo('vault', BACKUP),
  copyFrom: ops => ops.copyFrom('vault', BACKUP),
  verify: ops => ops.verify(BACKUP),
  verdict: ops => ops.verdict(BACKUP),
  requireSound: ops => ops.requireSound(BACKUP),
  prune: ops => ops.prune([BACKUP]),
  pruneAt: ops => ops.pruneAt('vault', [OLD]),
  hold: ops => ops.hold(BACKUP, {by: 'ann', reason: 'audit'}),
  releaseHold: ops => ops.releaseHold(BACKUP),
  createGlobals: ops => ops.createGlobals(BACKUP),
  restore: ops => ops.restore(BACKUP, place),
  prove: ops => ops.prove(BACKUP, place),
  requireEqual: ops => ops.requireEqual(BACKUP, place),
  analyze: ops => ops.analyze(place),
  dropCopy: ops => ops.dropCopy(place),
  firstWrite: ops => ops.firstWrite(place),
  swap: ops => ops.swap(names),
  swapBack: ops => ops.swapBack(names),
  install: ops => ops.install(names),
  stageTables: ops => ops.stageTables(BACKUP, [orders], {database: 'shop_restore_1', run: '1'}),
  bringTables: ops => ops.bringTables(staged, {database: 'shop_restore_1', run: '1'}),
  dropBrought: ops => ops.dropBrought([orders], '1'),
  swapTables: ops => ops.swapTables([orders], staged, '1'),
  swapTablesBack: ops => ops.swapTablesBack([orders], staged, '1'),
  startScratch: ops => ops.startScratch(BACKUP, scratch()),
  removeScratch: ops => ops.removeScratch(scratch()),
  removeOrphans: ops => ops.removeOrphans(),
  sign: ops => ops.sign(BACKUP, undefined),
  createFrom: ops => ops.createFrom({server: scratch(), database: 'shop', shows: 1}),
  recover: ops => ops.recover(recovery, scratch()),
  noteRecovered: ops => ops.noteRecovered(recovery, scratch(), {...proof, tookMs: 1}),
  recordDrill: ops =>
    ops.recordDrill({
      v: 1,
      environment: 'prod',
      backup: 'shop',
      run: 'r',
      id: BACKUP,
      pick: 'newest',
      takenAt: 0,
      newestTakenAt: 0,
      storedBytes: 1,
      databaseBytes: 1,
      startedAt: 0,
      firstWriteAt: null,
      endedAt: 1,
      phases: [],
      rtoMs: null,
      rpoMs: 1,
      targets: {rtoMs: 1, rpoMs: 1},
      proof: null,
      world: null,
      ok: true,
      reason: '',
    }),
}

const release: Table<ReleaseOps> = {
  ...each(
    'reads',
    'name',
    'target',
    'notUndone',
    'keptClients',
    'limits',
    'instanceNames',
    'slots',
    'live',
    'moved',
    'stays',
    'requireReady',
    'requireRoom',
    'schemaFits',
    'downMigration',
    'wantedRestorePoint',
    'restorePointOf',
    'knownBad',
    'rollback',
    'endable',
    'previous',
    'startable',
    'restartable',
    'rollable',
    'isRunning',
    'counted',
    'traffic',
    'waitHealthy',
    'smoke',
    'smokeInstance',
    'drained',
    'logs',
    'lookAtCanary',
    'canaryForecast',
    'planControl',
    'isInForce',
    'controlNamed',
  ),
  // Each ends with what follows from what it found.
  ...each('notes', 'compare', 'watch'),
  acceptLive: ops => ops.acceptLive(),
  keepOn: ops => ops.keepOn('green'),
  noteRolledBack: ops => ops.noteRolledBack('1', 'slow'),
  noteRestorePoint: ops =>
    ops.noteRestorePoint({backup: 'shop', database: 'shop', kind: 'copy', name: BACKUP, from: '1', to: '2'}),
  migrateDown: ops => ops.migrateDown({from: '2', to: '1'}),
  noteEnded: ops => ops.noteEnded('green'),
  start: ops => ops.start('green-1', '2'),
  stop: ops => ops.stop('green-1'),
  restoreVersion: ops => ops.restoreVersion('green-1', '1'),
  restart: ops => ops.restart('green-1', '2'),
  enableChecksAndWait: ops => ops.enableChecksAndWait('green'),
  switchTo: ops => ops.switchTo('green'),
  disableSlot: ops => ops.disableSlot('green'),
  drainInstance: ops => ops.drainInstance('blue-1'),
  undrainInstance: ops => ops.undrainInstance('green-1'),
  giveShare: ops => ops.giveShare('green', 5),
  takeShareBack: ops => ops.takeShareBack('green'),
  promote: ops => ops.promote('green'),
  putOnControl: ops => ops.putOnControl({kind: 'drain', server: 'blue-1'}, Number.MAX_SAFE_INTEGER),
  takeOffControl: ops => ops.takeOffControl('drain:blue-1'),
}

const cache: Table<CacheOps> = {
  ...each('reads', 'name', 'target', 'events', 'patterns', 'reach', 'requireReady', 'count', 'namespaces'),
  remove: ops => ops.remove(['item:*']),
}

/** The server itself refuses what writes. */
const database: Table<DatabaseOps> = {name: 'reads', query: 'reads'}

const service: Table<ServiceOps> = {
  ...each('reads', 'name', 'publishable', 'published'),
  publish: ops => ops.publish('a1'),
}

export const TABLES = {backup, release, cache, database, service} as const

/** Every row that changes something. */
export const CHANGING = Object.entries(TABLES).flatMap(([kind, table]) =>
  Object.entries(table as Table<Record<string, unknown>>).flatMap(([method, row]) =>
    typeof row === 'function' ? [{title: `ops.${kind}().${method}`, kind: kind as keyof typeof TABLES, call: row}] : [],
  ),
)

/** Places in the source where a change is made: one more means a row above, or one less. */
export const ACTS: Readonly<Record<string, number>> = {
  'src/backups/copies/place-ops.ts': 1,
  'src/backups/drill-ops.ts': 4,
  'src/backups/fit-ops.ts': 1,
  'src/backups/keeping-ops.ts': 3,
  'src/backups/making-ops.ts': 2,
  'src/backups/physical-ops.ts': 2,
  'src/backups/recovery/copy-ops.ts': 1,
  'src/backups/recovery/note-restored.ts': 1,
  'src/backups/recovery/recover.ts': 2,
  'src/backups/restore-ops.ts': 6,
  'src/backups/restore-point.ts': 1,
  'src/backups/signing/sign-ops.ts': 1,
  'src/backups/tables/table-ops.ts': 5,
  'src/backups/swap-ops.ts': 2,
  'src/caches/ops.ts': 1,
  'src/releases/controls/moves.ts': 3,
  'src/releases/migrations.ts': 1,
  'src/releases/prepare.ts': 1,
  'src/releases/remember.ts': 1,
  'src/releases/traffic-moves.ts': 1,
  'src/services/published/ops.ts': 1,
}
