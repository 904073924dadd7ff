import type {Health} from '../monitors/sample.ts'
import {formatBytes} from '../units/bytes.ts'
import {formatDuration} from '../units/duration.ts'
import type {Archiver} from './archiver.ts'
import {sizeAnomaly} from './size-anomaly.ts'
import type {Receiver} from './receivers.ts'
import type {RepositoryView} from './methods/repository.ts'
import type {BackupEntry, Recovery} from './rows.ts'
import {describeHoles} from './wal/continuity.ts'
import {parseLsn, parseSegment} from './wal/segment.ts'

/** A new segment begins with this much that nobody would miss: its header. */
const HEADER_BYTES = 64n

/** What a repository and the live server say together about the moments that can be restored to. Pure. */
export function recoveryOf(
  view: RepositoryView,
  archiver: Archiver | undefined,
  now: number,
  receivers: readonly Receiver[] = [],
): Recovery {
  const {window, wal} = view
  const last = window === undefined ? undefined : parseSegment(window.lastSegment, wal.segmentBytes)
  const lsn = parseLsn(archiver?.lsn ?? '')
  const end = last === undefined ? undefined : BigInt(last.number + 1) * BigInt(wal.segmentBytes)
  const behind = end === undefined || lsn === undefined ? undefined : lsn > end ? lsn - end : 0n
  const archiveRpoMs =
    window === undefined
      ? undefined
      : behind !== undefined && (behind <= HEADER_BYTES || isQuiet(archiver, end))
        ? 0
        : Math.min(Math.max(0, now - window.to), mostOf(archiver, behind, wal.segmentBytes))
  return {
    stanza: view.stanza,
    serverVersion: view.serverVersion,
    cipher: view.cipher,
    repositories: view.repositories,
    ...(view.repositoryFaults.length === 0 ? {} : {repositoryFaults: view.repositoryFaults}),
    busy: view.busy,
    segments: view.segments,
    holes: view.holes,
    window,
    unarchivedBytes: behind === undefined ? undefined : Number(behind),
    archiver:
      archiver === undefined
        ? undefined
        : {
            failingSince: archiver.failingSince,
            failures: archiver.failures,
            mode: archiver.mode,
            otherCluster: archiver.systemIdentifier !== view.systemIdentifier,
          },
    archiveRpoMs,
    rpoMs:
      archiveRpoMs === undefined ? undefined : Math.min(archiveRpoMs, ...receivers.flatMap(each => each.lossMs ?? [])),
    receivers,
  }
}

/** What the server writes by itself, such as a checkpoint, nobody would miss. */
function isQuiet(archiver: Archiver | undefined, end: bigint | undefined): boolean {
  const since = parseLsn(archiver?.quietSince ?? '')
  return since !== undefined && end !== undefined && since <= end
}

/**
 * With `archive_timeout` the server ends a segment that has anything of worth in it after that time. So in the one that is
 * open, when it is the only one that is not archived, nothing is older, however long nobody has written.
 */
function mostOf(archiver: Archiver | undefined, behind: bigint | undefined, segmentBytes: number): number {
  const bounded =
    archiver !== undefined &&
    archiver.mode !== 'off' &&
    archiver.timeoutMs > 0 &&
    archiver.failingSince === undefined &&
    behind !== undefined &&
    behind < BigInt(segmentBytes)
  return bounded ? archiver.timeoutMs : Number.POSITIVE_INFINITY
}

interface Judgement {
  readonly status: Health
  readonly reason: string
}

/** Whether what is there would do, and why not; the worst first. Pure. */
export function judgeRecovery(
  recovery: Recovery,
  entries: readonly BackupEntry[],
  limits: {readonly rpoMs: number; readonly maxAgeMs: number},
  now: number,
): Judgement {
  const usable = entries.find(entry => entry.state === 'good' || entry.state === 'unchecked')
  const [newest] = entries
  if (newest === undefined) return {status: 'down', reason: 'no backup has been taken'}
  if (usable === undefined || recovery.window === undefined)
    return {status: 'down', reason: `no usable backup; the newest is ${newest.state}: ${newest.reason}`}
  if (recovery.archiver?.otherCluster === true)
    return {status: 'down', reason: 'the repository belongs to another cluster than the one that is live'}
  const age = now - usable.takenAt
  if (age > limits.maxAgeMs)
    return {
      status: 'down',
      reason: `the newest usable backup is ${formatDuration(age)} old, at most ${formatDuration(limits.maxAgeMs)} was wanted`,
    }
  const rpo = recovery.rpoMs ?? Number.POSITIVE_INFINITY
  const failing = archiverFault(recovery, now)
  if (rpo > limits.rpoMs)
    return {
      status: 'down',
      reason: `what was written in the last ${formatDuration(rpo)} would be lost, objective ${formatDuration(limits.rpoMs)}${failing === undefined ? '' : `; ${failing}`}`,
    }
  const fault =
    failing ??
    recovery.receivers.find(({fault}) => fault !== undefined)?.fault ??
    repositoryFault(recovery, newest, usable)
  if (fault !== undefined) return {status: 'degraded', reason: fault}
  return {
    status: 'up',
    reason: `restorable to any moment of the last ${formatDuration(now - recovery.window.from)}, up to ${agoOf(recovery.archiveRpoMs ?? 0)}${receivedWords(recovery)}; newest backup ${formatDuration(age)} old`,
  }
}

const agoOf = (ms: number): string => (ms === 0 ? 'now' : `${formatDuration(ms)} ago`)

/** Who has more of the log than the archive. */
function receivedWords({receivers, rpoMs, archiveRpoMs}: Recovery): string {
  const best = receivers.find(({lossMs}) => lossMs === rpoMs)
  return best === undefined || rpoMs === undefined || rpoMs === archiveRpoMs
    ? ''
    : `, and by the WAL receiver ${best.name} up to ${agoOf(rpoMs)}`
}

function archiverFault({archiver, unarchivedBytes}: Recovery, now: number): string | undefined {
  if (archiver === undefined) return undefined
  if (archiver.mode === 'off') return 'the server archives nothing: archive_mode is off'
  if (archiver.failingSince === undefined) return undefined
  const waiting = unarchivedBytes === undefined ? '' : `, ${formatBytes(unarchivedBytes)} wait`
  return `archiving fails, last ${formatDuration(now - archiver.failingSince)} ago${waiting}`
}

function repositoryFault(
  {holes, repositoryFaults = []}: Recovery,
  newest: BackupEntry,
  usable: BackupEntry,
): string | undefined {
  if (holes.length > 0) return `${describeHoles(holes)}: no moment between there and the next backup can be restored`
  if (newest.state === 'damaged') return `the newest backup is damaged: ${newest.reason}`
  const [fault] = repositoryFaults
  if (fault !== undefined) return fault
  return sizeAnomaly(usable.sizeChange)
    ? `the newest usable backup has ${Math.round((1 + (usable.sizeChange ?? 0)) * 100)} % of the usual size`
    : undefined
}
