import {hostname} from 'node:os'
import {keepPostgres, type PostgresQueries, type Row} from '../../connections/postgres/kept.ts'
import {OpsError} from '../../errors.ts'
import {bootId, identify} from '../../processes/identity.ts'
import type {LockAnswer, LockClaim, LockHolder, LostLock, SharedLocks} from '../../runbooks/ports.ts'
import type {Clock} from '../../units/clock.ts'
import {momentOf, openLease} from './lease.ts'
import {type SharedRow, toSharedRow, whyShared} from './rows.ts'
import {makeTables, oneAtATime, tablesExist} from './server.ts'
import * as sql from './tables.ts'

export interface SharedLockStore extends SharedLocks {
  list(): Promise<readonly LockHolder[]>
  /** Takes a lock away by its id. The caller audits it first. */
  forceRelease(lock: string): Promise<LockHolder | undefined>
  close(): void
}

export interface SharedLockOptions {
  readonly url: () => Promise<string>
  /** Shown while nobody has connected yet. */
  readonly address: string
  readonly expiryMs: number
  readonly clock: Clock
  /** Whether a run of this state directory has ended; false for one that is not known here. */
  readonly hasEnded: (run: string) => boolean
}

const LONGEST_ANSWER_MS = 5000
const SHORTEST_RENEWAL_MS = 100

/**
 * Leases in a PostgreSQL, for one run. Every statement has a deadline and they follow each other on one connection,
 * which is made anew after a failure. Time is the server's; this host's clocks only tell how long a lease that could not
 * be confirmed surely lasts.
 */
export function openSharedLocks(options: SharedLockOptions): SharedLockStore {
  const {clock, expiryMs, hasEnded} = options
  const server = keepPostgres(options.url)
  const call = oneAtATime(
    server,
    () => server.address ?? options.address,
    Math.min(LONGEST_ANSWER_MS, Math.ceil(expiryMs / 2)),
  )
  const held = new Map<string, number>()
  const lease = openLease(clock, expiryMs)
  let renewing = false
  let there = false

  const heldJson = (): string => JSON.stringify([...held].map(([resource, fence]) => ({resource, fence})))
  const rows = (found: readonly Row[]): readonly SharedRow[] => found.map(row => toSharedRow(row, clock.now()))
  const whyNot = (row: SharedRow | undefined, claim: LockClaim): Refusal | undefined => {
    const why = row && whyShared(row, claim, {host: hostname(), bootId: bootId(), hasEnded, now: clock.now()})
    return row && why !== undefined ? {refused: row.holder, why} : undefined
  }
  const take = async ({query}: PostgresQueries, claim: Claim): Promise<LockAnswer> => {
    await query(sql.LOCK_COUNTER)
    const refused = whyNot(rows(await query(`${sql.READ_ONE} FOR UPDATE`, [claim.resource]))[0], claim)
    if (refused) return refused
    const [next] = await query(sql.NEXT_FENCE)
    const [row] = rows(await query(sql.TAKE, [...valuesOf(claim), Number(next?.['value']), expiryMs]))
    return {held: (row as SharedRow).holder}
  }

  const acquire = (claim: Claim): Promise<LockAnswer> =>
    call(async calls => {
      if (!there) await makeTables(calls)
      there = true
      const seen = whyNot(rows(await calls.once(sql.READ_ONE, [claim.resource]))[0], claim)
      if (seen) return seen
      const sent = momentOf(clock)
      const answer = await calls.change(queries => take(queries, claim))
      if ('held' in answer) {
        if (held.size === 0) lease.begun(sent)
        held.set(claim.resource, answer.held.fence)
      }
      return answer
    })

  const confirm = (step: string): Promise<LostLock | undefined> =>
    call(async ({once}) => {
      if (held.size === 0) return undefined
      const sent = momentOf(clock)
      const renewed = await once(sql.RENEW, [heldJson(), expiryMs, step])
      const still = new Set(renewed.map(row => row['resource']))
      const lost = [...held.keys()].find(resource => !still.has(resource))
      if (lost !== undefined) return {resource: lost, now: rows(await once(sql.READ_ONE, [lost]))[0]?.holder}
      lease.renewed(sent, step)
      return undefined
    })

  return {
    get where() {
      return server.address ?? options.address
    },
    acquire,
    confirm,
    surelyHeld: () => lease.surelyHeld(),
    renewEveryMs: Math.max(SHORTEST_RENEWAL_MS, Math.floor(expiryMs / 3)),
    renew: () => {
      if (held.size === 0 || renewing) return
      renewing = true
      void confirm('')
        .catch(() => undefined)
        .finally(() => (renewing = false))
    },
    release: () =>
      call(async ({once}) => {
        if (held.size === 0) return
        await once(sql.RELEASE, [heldJson()])
        held.clear()
      }),
    forget: () => held.clear(),
    ...overview(call, rows),
    close: () => {
      held.clear()
      // After what is under way: a renewal that came later would connect again.
      void call(() => server.close()).catch(() => undefined)
    },
  }
}

/** What any host may see and take away, whoever holds it. */
function overview(
  call: ReturnType<typeof oneAtATime>,
  rows: (found: readonly Row[]) => readonly SharedRow[],
): Pick<SharedLockStore, 'list' | 'forceRelease'> {
  return {
    list: () =>
      call(async calls =>
        (await tablesExist(calls)) ? rows(await calls.once(sql.READ_ALL)).map(({holder}) => holder) : [],
      ),
    forceRelease: lock =>
      call(async calls =>
        (await tablesExist(calls)) ? rows(await calls.once(sql.TAKE_AWAY, [lock]))[0]?.holder : undefined,
      ),
  }
}

type Claim = LockClaim & {readonly lock: string}
type Refusal = Extract<LockAnswer, {readonly refused: LockHolder}>

function valuesOf(claim: Claim): readonly (string | number)[] {
  const own = identify(process.pid)
  if (!own) throw new OpsError('bug/internal', 'this process has no identity in /proc')
  const {resource, lock, run, actor, reason} = claim
  return [resource, lock, run, actor, reason, hostname(), own.bootId, own.pid, own.startTicks]
}
