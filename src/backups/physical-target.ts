import {setTimeout as sleep} from 'node:timers/promises'
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
import type {LogEnds} from './log-ends.ts'
import {type Receiver, receiversOf} from './receivers.ts'
import type {Recovery} from './rows.ts'
import type {BackupSource} from './source.ts'
import type {BackupStorage} from './storage/storage.ts'
import {type BackupDetail, catalogueDetail} from './backup-detail.ts'
import {proofAge} from './proof-age.ts'
import {parseLsn} from './wal/segment.ts'

const DRILLS = 10

/** Reads the repository's catalogue and archive, and asks the live server how far its archive is behind. */
export async function probePhysical(
  {source, storage}: {readonly source: BackupSource; readonly storage: BackupStorage},
  tools: Pick<OpsTools, 'clock' | 'secret' | 'exec'> & {readonly ends: LogEnds},
  signal: AbortSignal,
): Promise<ProbeResult> {
  const {clock} = tools
  const begun = clock.monotonic()
  const spec = methodSpec(source.backup)
  if (spec.type !== 'pgbackrest') throw new TypeError(`${spec.type} has no repository of its own`)
  const view = await untilAborted(signal, openPgbackrest(spec, tools).read(signal))
  const entries = await untilAborted(signal, entriesOf(view, storage, signal))
  const live = await liveOf({source, names: spec.receivers}, tools, signal)
  const drills = await untilAborted(signal, readDrills(storage, DRILLS))
  const now = clock.now()
  const {rpo} = source.backup
  const recovery = recoveryOf(view, live?.archiver, now, live?.receivers)
  const judged = judgeRecovery(recovery, entries, {rpoMs: rpo, maxAgeMs: spec.maxAge}, now)
  const newest = entries.find(({state}) => state === 'good' || state === 'unchecked')
  const catalogue = catalogueDetail(entries)
  return {
    ...withDrills(judged, drills),
    latencyMs: clock.monotonic() - begun,
    checks: [],
    values: {
      rpoMs: rpo,
      count: entries.length,
      storedBytes: catalogue.totalBytes,
      ...proofAge(entries, drills, now),
      walHoles: recovery.holes.length,
      ...(recovery.rpoMs === undefined ? {} : {effectiveRpoMs: recovery.rpoMs}),
      ...(recovery.archiveRpoMs === undefined ? {} : {archiveRpoMs: recovery.archiveRpoMs}),
      ...unreceived(recovery),
      ...(recovery.unarchivedBytes === undefined ? {} : {unarchivedBytes: recovery.unarchivedBytes}),
      ...(newest === undefined ? {} : {ageMs: Math.max(0, now - newest.takenAt), newestBytes: newest.storedBytes}),
    },
    detail: {...catalogue, lastDrill: undefined, recovery} satisfies BackupDetail,
  }
}

/** Of the receiver that has the most. */
function unreceived({receivers}: Recovery): {readonly unreceivedBytes?: number} {
  const bytes = receivers.flatMap(({behindBytes}) => behindBytes ?? [])
  return bytes.length === 0 ? {} : {unreceivedBytes: Math.min(...bytes)}
}

interface Live {
  readonly archiver: Archiver
  readonly receivers: readonly Receiver[]
}

/** A server that is down is the reason why backups are wanted: it hides nothing of them. */
async function liveOf(
  {source, names}: {readonly source: BackupSource; readonly names: readonly string[]},
  {clock, ends, secret}: Pick<OpsTools, 'clock' | 'secret'> & {readonly ends: LogEnds},
  signal: AbortSignal,
): Promise<Live | undefined> {
  const ask = async (): Promise<Live> => {
    const at = clock.now()
    const connection = await databaseAccess(source, {secret, signal}).live()
    const archiver = await readArchiver(connection, AbortSignal.any([signal, AbortSignal.timeout(ARCHIVER_MS)]))
    const position = parseLsn(archiver.log.end)
    if (position !== undefined) ends.note({at, position})
    return {archiver, receivers: receiversOf(names, archiver.log, clock.now(), ends.before)}
  }
  try {
    const first = await ask()
    if (!first.receivers.some(({state, lossMs}) => state === 'following' && lossMs === undefined)) return first
    // Nobody has looked before: whether it follows is seen a moment later.
    await sleep(AGAIN_MS, undefined, {signal})
    return await ask()
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

const ARCHIVER_MS = 3000
const AGAIN_MS = 500
