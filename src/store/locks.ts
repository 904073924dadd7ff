import {randomBytes} from 'node:crypto'
import {existsSync} from 'node:fs'
import {hostname} from 'node:os'
import path from 'node:path'
import {DatabaseSync, type SQLOutputValue, type StatementSync} from 'node:sqlite'
import {pathToFileURL} from 'node:url'
import {messageOf, OpsError} from '../errors.ts'
import {bootId, identify, isAlive} from '../processes/identity.ts'
import type {LockAnswer, LockStore, LockClaim, LockHolder, LostLock} from '../runbooks/ports.ts'
import type {Clock} from '../units/clock.ts'
import {formatAge} from '../units/duration.ts'
import {makeDirectory} from '../files/make-directory.ts'
import {prepareDatabase} from '../files/modes.ts'
import {inTransaction, openSqlite} from './sqlite.ts'
import {ANOTHER_DIRECTORY, stateError} from './state-error.ts'

export interface StoredLocks extends LockStore {
  list(): readonly LockHolder[]
  /** Takes a lock away by its id. The caller audits it first. */
  forceRelease(lock: string): LockHolder | undefined
  close(): void
}

export interface LockStoreOptions {
  readonly stateDir: string
  readonly clock: Clock
  /** Whether a run has a step of which nobody knows if it happened; its locks are never given away silently. */
  readonly hasUnknownStep: (run: string) => boolean
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS locks (resource TEXT PRIMARY KEY, lock TEXT NOT NULL, run TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL,
    host TEXT NOT NULL, pid INTEGER NOT NULL, start_ticks INTEGER NOT NULL, boot_id TEXT NOT NULL, fence INTEGER NOT NULL, acquired_at INTEGER NOT NULL, heartbeat_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS fence (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO fence VALUES (1, 0);`

const LOST = -1

/** A runner whose run was taken up by another process gives nothing of it back. */
const RELEASE = `
  DELETE FROM locks WHERE run = ?1 AND (?2 IS NULL OR resource = ?2)
    AND NOT EXISTS (SELECT 1 FROM locks AS claim WHERE claim.resource = 'run/' || ?1 AND claim.pid <> ?3)`

/**
 * Locks of one state directory. Every change is one immediate, fully synced transaction. A lock belongs to a process, not
 * to a lease: a holder that is stopped or slow keeps it for as long as its process lives, whatever the clock says. Its
 * heartbeat is for people. Only a holder that is gone, with nothing unknown left behind, loses it to the next.
 */
export function openLockStore(options: LockStoreOptions): StoredLocks {
  let opened: DatabaseSync | undefined
  const writable = (): DatabaseSync => (opened ??= openDatabase(options.stateDir))
  /** What this process acquired, by run: fence by resource; `LOST` for what it holds no more. */
  const acquired = new Map<string, Map<string, number>>()
  let fences: StatementSync | undefined

  const take = (claim: LockClaim): LockAnswer => alone(writable(), () => takeLock(writable(), claim, options))
  const confirm = (run: string): LostLock | undefined => {
    const own = acquired.get(run)
    if (!own) return undefined
    fences ??= writable().prepare('SELECT resource, fence FROM locks WHERE run = ? AND pid = ?')
    const found = new Map(fences.all(run, process.pid).map(row => [row['resource'], row['fence']]))
    for (const [resource, fence] of own) {
      if (found.get(resource) === fence) continue
      own.set(resource, LOST)
      return {resource, now: holderOf(writable(), resource)}
    }
    return undefined
  }

  return {
    acquire: claim => {
      const answer = take(claim)
      if ('held' in answer) {
        const own = acquired.get(claim.run) ?? new Map<string, number>()
        acquired.set(claim.run, own.set(claim.resource, answer.held.fence))
      }
      return answer
    },
    confirm: run => readable(options.stateDir, () => confirm(run)),
    heartbeat: run =>
      void writable().prepare('UPDATE locks SET heartbeat_at = ? WHERE run = ?').run(options.clock.now(), run),
    release: (run, resource) => {
      const own = acquired.get(run)
      const given = [...(own ?? [])].filter(([each]) => resource === undefined || each === resource)
      for (const [each] of given) own?.delete(each)
      writable()
        .prepare(RELEASE)
        .run(run, resource ?? null, process.pid)
      return given.flatMap(([each, fence]) => (fence === LOST ? [] : [each]))
    },
    list: () =>
      readLocks(options.stateDir, writable)
        .map(toHolder)
        .filter(holder => holder !== undefined),
    forceRelease: lock =>
      alone(writable(), () => {
        const holder = toHolder(writable().prepare('SELECT * FROM locks WHERE lock = ?').get(lock))
        if (holder) drop(writable(), holder.resource)
        return holder
      }),
    close: () => opened?.close(),
  }
}

const holderOf = (database: DatabaseSync, resource: string): LockHolder | undefined =>
  toHolder(database.prepare('SELECT * FROM locks WHERE resource = ?').get(resource))
const drop = (database: DatabaseSync, resource: string): void =>
  void database.prepare('DELETE FROM locks WHERE resource = ?').run(resource)

/** Inside a transaction of its own. */
function takeLock(database: DatabaseSync, claim: LockClaim, options: LockStoreOptions): LockAnswer {
  const before = holderOf(database, claim.resource)
  if (before) {
    const why = before.run === claim.run ? whyBusy(before, options) : whyHeld(before, options)
    if (why !== undefined) return {refused: before, why}
  }
  const own = identify(process.pid)
  if (!own) throw new OpsError('bug/internal', 'this process has no identity in /proc')
  const now = options.clock.now()
  const fence = before?.run === claim.run ? before.fence : nextFence(database)
  drop(database, claim.resource)
  database
    .prepare('INSERT INTO locks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      claim.resource,
      before?.run === claim.run ? before.lock : randomBytes(4).toString('hex'),
      claim.run,
      claim.actor,
      claim.reason,
      hostname(),
      own.pid,
      own.startTicks,
      own.bootId,
      fence,
      now,
      now,
    )
  return {held: holderOf(database, claim.resource) as LockHolder}
}

/** Of this very boot, whatever the host is called now; of another boot by its name, which is all that is known then. */
const isHere = ({host, process: holder}: LockHolder): boolean => holder.bootId === bootId() || host === hostname()

/** Why another process of the same run stands in the way; undefined when it is this one, or gone. */
function whyBusy(holder: LockHolder, options: LockStoreOptions): string | undefined {
  const ours = isHere(holder) && holder.process.pid === process.pid
  if (ours || (isHere(holder) && !isAlive(holder.process))) return undefined
  return `process ${holder.process.pid} on ${holder.host} works on run ${holder.run} since ${formatAge(holder.acquiredAt, options.clock.now())}`
}

/** Why the holder keeps the lock; undefined when it can be taken over: its process is gone and left nothing unknown. */
function whyHeld(holder: LockHolder, options: LockStoreOptions): string | undefined {
  const who = `run ${holder.run} of ${holder.actor} on ${holder.host} since ${formatAge(holder.acquiredAt, options.clock.now())} (${holder.reason}), lock ${holder.lock}`
  if (!isHere(holder)) return `held by ${who}, on another host`
  if (isAlive(holder.process)) return `held by ${who}`
  if (options.hasUnknownStep(holder.run))
    return `held by ${who}; its runner is gone and left a step of which nobody knows whether it happened. Settle it with \`opsconsole runs settle ${holder.run}\``
  return undefined
}

function nextFence(database: DatabaseSync): number {
  return Number(
    (database.prepare('UPDATE fence SET value = value + 1 WHERE one = 1 RETURNING value').get() as {value: number})
      .value,
  )
}

/** A lock that could not be written was not taken: the run stops as it stands, to be taken up when there is a disk again. */
function alone<T>(database: DatabaseSync, work: () => T): T {
  try {
    return inTransaction(database, work)
  } catch (cause) {
    throw cause instanceof OpsError ? cause : stateError('write', database.location() ?? 'the locks', cause)
  }
}

/** A read that decides whether a step may begin: when it fails, nobody knows, and the run stops as it stands. */
function readable<T>(stateDir: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new OpsError('state/unwritable', `cannot read the locks in ${stateDir}: ${messageOf(cause)}`, {cause})
  }
}

function openDatabase(stateDir: string): DatabaseSync {
  try {
    makeDirectory(stateDir)
    prepareDatabase(path.join(stateDir, 'locks.db'))
    return openSqlite(path.join(stateDir, 'locks.db'), {
      timeoutMs: 10_000,
      prepare: database => database.exec(`PRAGMA synchronous = FULL; ${SCHEMA}`),
    })
  } catch (cause) {
    throw stateError('open the locks in', stateDir, cause, ANOTHER_DIRECTORY)
  }
}

/** Who holds what can be read also where nothing can be written: then as the file stands, without its latest changes. */
function readLocks(stateDir: string, writable: () => DatabaseSync): readonly Record<string, SQLOutputValue>[] {
  const read = (database: DatabaseSync) => database.prepare('SELECT * FROM locks ORDER BY resource').all()
  try {
    return read(writable())
  } catch (cause) {
    const file = path.join(stateDir, 'locks.db')
    if (!existsSync(file)) {
      if (existsSync(stateDir)) return []
      throw cause
    }
    const url = pathToFileURL(file)
    url.search = '?immutable=1'
    const database = new DatabaseSync(url, {readOnly: true})
    try {
      return read(database)
    } finally {
      database.close()
    }
  }
}

function toHolder(row: Record<string, SQLOutputValue> | undefined): LockHolder | undefined {
  if (!row) return undefined
  const text = (name: string): string => String(row[name])
  return {
    lock: text('lock'),
    scope: 'local',
    resource: text('resource'),
    run: text('run'),
    actor: text('actor'),
    reason: text('reason'),
    host: text('host'),
    process: {pid: Number(row['pid']), startTicks: Number(row['start_ticks']), bootId: text('boot_id')},
    fence: Number(row['fence']),
    acquiredAt: Number(row['acquired_at']),
    heartbeatAt: Number(row['heartbeat_at']),
  }
}
