import type {ProbeResult} from '../monitors/sample.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import {untilAborted} from '../units/until-aborted.ts'
import type {Archiver} from './archiver.ts'
import {readArchiver} from './archiver.ts'
import {databaseAccess} from './access.ts'
import {readDrills} from './drill-ops.ts'
import {judgeRecovery, recoveryOf} from './judge-recovery.ts'
import {withDrills} from './judge-catalog.ts'
import {methodSpec} from './methods/method-spec.ts'
import {openPgbackrest} from './methods/pgbackrest/pgbackrest.ts'
import {entriesOf} from './physical-catalog.ts'
import type {BackupSource} from './source.ts'
import type {BackupStorage} from './storage/storage.ts'
import type {BackupDetail} from './backup-detail.ts'
import {proofAge} from './proof-age.ts'

const SHOWN = 60
const DRILLS = 10

/** Reads the repository's catalogue and archive, and asks the live server how far its archive is behind. */
export async function probePhysical(
  {source, storage}: {readonly source: BackupSource; readonly storage: BackupStorage},
  tools: Pick<OpsTools, 'clock' | 'secret' | 'exec'>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const {clock} = tools
  const begun = clock.monotonic()
  const spec = methodSpec(source.backup)
  if (spec.type !== 'pgbackrest') throw new TypeError(`${spec.type} has no repository of its own`)
  const view = await untilAborted(signal, openPgbackrest(spec, tools).read(signal))
  const entries = await untilAborted(signal, entriesOf(view, storage, signal))
  const archiver = await archiverOf(source, tools, signal)
  const drills = await untilAborted(signal, readDrills(storage, DRILLS))
  const now = clock.now()
  const {rpo} = source.backup
  const recovery = recoveryOf(view, archiver, now)
  const judged = judgeRecovery(recovery, entries, {rpoMs: rpo, maxAgeMs: spec.maxAge}, now)
  const newest = entries.find(({state}) => state === 'good' || state === 'unchecked')
  const totalBytes = entries.reduce((sum, entry) => sum + entry.storedBytes, 0)
  return {
    ...withDrills(judged, drills),
    latencyMs: clock.monotonic() - begun,
    checks: [],
    values: {
      rpoMs: rpo,
      count: entries.length,
      storedBytes: totalBytes,
      ...proofAge(entries, drills, now),
      walHoles: recovery.holes.length,
      ...(recovery.rpoMs === undefined ? {} : {effectiveRpoMs: recovery.rpoMs}),
      ...(recovery.unarchivedBytes === undefined ? {} : {unarchivedBytes: recovery.unarchivedBytes}),
      ...(newest === undefined ? {} : {ageMs: Math.max(0, now - newest.takenAt), newestBytes: newest.storedBytes}),
    },
    detail: {entries: entries.slice(0, SHOWN), totalBytes, lastDrill: undefined, recovery} satisfies BackupDetail,
  }
}

/** A server that is down is the reason why backups are wanted: it hides nothing of them. */
async function archiverOf(
  source: BackupSource,
  tools: Pick<OpsTools, 'secret'>,
  signal: AbortSignal,
): Promise<Archiver | undefined> {
  try {
    const connection = await databaseAccess(source, {...tools, signal}).live()
    return await readArchiver(connection, AbortSignal.any([signal, AbortSignal.timeout(ARCHIVER_MS)]))
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

const ARCHIVER_MS = 3000
