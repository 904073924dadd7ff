import {statfs} from 'node:fs/promises'
import {withSession} from '../../connections/postgres/session.ts'
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
import {endedTransactions, type EndedTransaction, hasPoint, type LogTools, readRecords} from './read-log.ts'
import {postgresMoment, type RecoveryTarget} from './target.ts'

/** See `RecoveryOps.recoveryPlan`. Counts of programs do not depend on the length of the archive, but for a search in it. */
export async function planRecovery(context: OpsContext, target: RecoveryTarget): Promise<RecoveryPlan> {
  const {tools, source} = context
  const repository = repositoryOf(context)
  const {signal} = tools
  const view = await repository.read(signal)
  const event = await findEvent(context, view, target)
  const at = event?.number
  const backup = chooseBackup(view, target, at)
  const last = target.kind === 'time' || target.kind === 'latest' ? await lastEnded(context, view, backup) : undefined
  requireReach(view, {backup, target}, last)
  const contents = await repository.contents(backup.label, signal)
  const place = placeOf(context)
  const freeBytes = await freeIn(place)
  const now = tools.clock.now()
  const moment =
    target.kind === 'time'
      ? target.micros / 1000
      : target.kind === 'latest'
        ? (last ?? 0) / 1000
        : event?.ended && event.ended.micros / 1000
  const plan: RecoveryPlan = {
    backup: source.backup.name,
    target: {kind: target.kind, text: target.kind === 'before' ? (event?.ended?.xid ?? target.text) : target.text},
    ...(target.kind === 'before' ? {removed: event?.ended?.removed.map(({file}) => file) ?? []} : {}),
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
    notes: [...eventWords(event), ...notesOf(view, backup)],
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

/** Where in the log something was found. */
interface LogEvent {
  /** Of the segment. */
  readonly number: number
  /** Of a transaction. */
  readonly ended?: EndedTransaction
}

/** The segment in which a named point was made or a transaction ended. Raises `backup/window`. */
async function findEvent(
  context: OpsContext,
  view: RepositoryView,
  target: RecoveryTarget,
): Promise<LogEvent | undefined> {
  if (target.kind !== 'name' && target.kind !== 'xid' && target.kind !== 'before') return undefined
  const newest = view.backups.find(({reach}) => reach !== undefined)
  const end = newest?.reach?.number ?? 0
  const timeline = newest === undefined ? 1 : newestTimeline(view.wal, newest)
  const first = view.backups.filter(({fault}) => fault === undefined).at(-1)?.lastSegment ?? end
  const database = target.text === 'drop' ? await databaseNumber(context) : undefined
  for (let number = end; number > first && number > end - SEARCHED; number -= 1) {
    context.tools.progress(end - number, Math.min(SEARCHED, end - first), 'segments')
    const segment = segmentAt(view.wal, timeline, number)
    if (segment === undefined) continue
    const lines = await readRecords(logTools(context, view), segment, target.kind === 'name' ? 'XLOG' : 'Transaction')
    if (target.kind === 'name') {
      if (hasPoint(lines, target.text)) return {number}
      continue
    }
    const ended = endedTransactions(lines)
      .map(each => ({
        ...each,
        removed: each.removed.filter(file => database === undefined || file.database === database),
      }))
      .findLast(({xid, removed}) => (database === undefined ? xid === target.text : removed.length > 0))
    if (ended !== undefined) return {number, ended}
  }
  throw outside(
    `${describeTarget(target)} is not in the newest ${segmentsWord(Math.min(SEARCHED, Math.max(0, end - first)))} of the archive`,
    'Give the moment instead (to=…), or send what is still on the server: `select pg_switch_wal()`.',
  )
}

/** As the log names the configured database. Raises `database/unreachable`. */
async function databaseNumber({access, tools}: OpsContext): Promise<string> {
  return withSession(await access.live(), tools.signal, async client => {
    const {rows} = await client.query<{oid: string}>(
      'SELECT oid::text FROM pg_database WHERE datname = current_database()',
    )
    return rows[0]?.oid ?? ''
  })
}

const segmentsWord = (count: number): string => (count === 1 ? 'segment' : `${count} segments`)

function eventWords(event: LogEvent | undefined): readonly string[] {
  const ended = event?.ended
  if (ended === undefined) return []
  const {xid, micros, removed} = ended
  const files =
    removed.length === 0
      ? ''
      : `, and removed ${removed.length} ${removed.length === 1 ? 'file' : 'files'} of tables or indexes`
  return [`transaction ${xid} ended at ${postgresMoment(micros)}${files}`]
}
