import {statfs} from 'node:fs/promises'
import {messageOf, OpsError} from '../../errors.ts'
import type {OpsContext} from '../context.ts'
import {findProgram} from '../methods/pgdump/binaries.ts'
import type {JudgedBackup, RepositoryView} from '../methods/repository.ts'
import {lastRestore} from '../physical-records.ts'
import {newestTimeline, segmentAt} from '../wal/continuity.ts'
import {binariesOf, placeOf, repositoryOf} from './parts.ts'
import {
  chooseBackup,
  describeTarget,
  iso,
  neededWal,
  outside,
  type RecoveryPlan,
  requireReach,
  requireRoom,
} from './plan.ts'
import {endedTransactions, hasPoint, type LogTools, readRecords} from './read-log.ts'
import {postgresMoment, type RecoveryTarget} from './target.ts'

/** See `RecoveryOps.recoveryPlan`. Counts of programs do not depend on the length of the archive, but for a search in it. */
export async function planRecovery(context: OpsContext, target: RecoveryTarget): Promise<RecoveryPlan> {
  const {tools, source} = context
  const repository = repositoryOf(context)
  const {signal} = tools
  const view = await repository.read(signal)
  const at = await segmentOfEvent(context, view, target)
  const backup = chooseBackup(view, target, at)
  const last = target.kind === 'time' || target.kind === 'latest' ? await lastEnded(context, view, backup) : undefined
  requireReach(view, {backup, target}, last)
  const contents = await repository.contents(backup.label, signal)
  const place = placeOf(context)
  const freeBytes = await freeIn(place)
  const now = tools.clock.now()
  const moment =
    target.kind === 'time' ? target.micros / 1000 : target.kind === 'latest' ? (last ?? 0) / 1000 : undefined
  const plan: RecoveryPlan = {
    backup: source.backup.name,
    target: {kind: target.kind, text: target.text},
    set: backup.label,
    chain: backup.needs,
    timeline: newestTimeline(view.wal, backup),
    serverVersion: view.serverVersion,
    systemIdentifier: view.systemIdentifier,
    wal: neededWal(view, backup, target, at),
    window: {
      from: iso((view.window?.from ?? backup.stoppedAt) + 1000),
      to: last === undefined ? iso(view.window?.to ?? backup.stoppedAt) : postgresMoment(last),
    },
    database: (await context.access.live()).database,
    ...contents,
    databaseBytes: backup.databaseBytes,
    freeBytes,
    place,
    estimateMs: await lastRestore(context.catalog.storage, view, backup.databaseBytes, signal),
    lostMs: moment === undefined || moment === 0 ? undefined : Math.max(0, Math.round(now - moment)),
    notes: notesOf(view, backup),
  }
  requireRoom(plan)
  await findProgram('postgres', Number.parseInt(view.serverVersion, 10), {directory: binariesOf(context), exact: true})
  return plan
}

/** A plan makes no directory. Raises `backup/unfit`. */
async function freeIn(place: string): Promise<number> {
  try {
    const {bavail, bsize} = await statfs(place)
    return bavail * bsize
  } catch (cause) {
    throw new OpsError('backup/unfit', `the copy cannot be put into ${place}: ${messageOf(cause)}`, {
      cause,
      hint: 'pgbackrest.scratch should name a directory that is there, in which the user of pgBackRest may write.',
    })
  }
}

function notesOf(view: RepositoryView, backup: JudgedBackup): readonly string[] {
  return [
    ...(view.holes.length === 0
      ? []
      : [`${view.holes.length} holes in the archive; none lies between the backup and the target`]),
    ...(view.busy ? ['a backup is being taken now; it does not matter to a restore'] : []),
    ...(backup.label === view.backups[0]?.label
      ? []
      : [`backup ${view.backups[0]?.label} is newer than the target or cannot be used`]),
  ]
}

/** Of so many of the newest segments in its reach: a quiet server archives some without a transaction. */
const LOOK_BACK = 4

/** When the last transaction in the reach of a backup ended, microseconds since 1970. */
async function lastEnded(context: OpsContext, view: RepositoryView, backup: JudgedBackup): Promise<number | undefined> {
  const {reach} = backup
  if (reach === undefined) return undefined
  const timeline = newestTimeline(view.wal, backup)
  for (let number = reach.number; number > reach.number - LOOK_BACK && number >= backup.firstSegment; number -= 1) {
    const segment = segmentAt(view.wal, timeline, number)
    if (segment === undefined) return undefined
    const ended = endedTransactions(await readRecords(logTools(context, view), segment, 'Transaction'))
    if (ended.length > 0) return Math.max(...ended.map(({micros}) => micros))
  }
  return undefined
}

const logTools = (context: OpsContext, view: RepositoryView): LogTools => ({
  repository: repositoryOf(context),
  view,
  exec: context.tools.exec,
  signal: context.tools.signal,
  binaries: binariesOf(context),
})

/** Of so many of the newest segments; each is fetched and read. */
const SEARCHED = 256

/** The segment in which a named point was made or a transaction ended. Raises `backup/window`. */
async function segmentOfEvent(
  context: OpsContext,
  view: RepositoryView,
  target: RecoveryTarget,
): Promise<number | undefined> {
  if (target.kind !== 'name' && target.kind !== 'xid') return undefined
  const newest = view.backups.find(({reach}) => reach !== undefined)
  const end = newest?.reach?.number ?? 0
  const timeline = newest === undefined ? 1 : newestTimeline(view.wal, newest)
  const first = view.backups.filter(({fault}) => fault === undefined).at(-1)?.lastSegment ?? end
  for (let number = end; number > first && number > end - SEARCHED; number -= 1) {
    context.tools.progress(end - number, Math.min(SEARCHED, end - first), 'segments')
    const segment = segmentAt(view.wal, timeline, number)
    if (segment === undefined) continue
    const lines = await readRecords(logTools(context, view), segment, target.kind === 'name' ? 'XLOG' : 'Transaction')
    const found =
      target.kind === 'name'
        ? hasPoint(lines, target.text)
        : endedTransactions(lines).some(({xid}) => xid === target.text)
    if (found) return number
  }
  throw outside(
    `${describeTarget(target)} is not in the ${Math.min(SEARCHED, Math.max(0, end - first))} newest segments of the archive`,
    'Give the moment instead (to=…), or send what is still on the server: `select pg_switch_wal()`.',
  )
}
