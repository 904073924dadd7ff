import os from 'node:os'
import type {DatabaseSync} from 'node:sqlite'
import {randomUUID} from 'node:crypto'
import type {InForce} from '../monitors/in-force.ts'
import type {Lease, LeaseHolder} from '../monitors/lease.ts'
import {LEASE_EXPIRES_MS} from '../monitors/lease.ts'
import {bootId, identify, isAlive} from '../processes/identity.ts'
import {formatDuration} from '../units/duration.ts'
import {transaction} from './transaction.ts'

interface LeaseRow extends Omit<LeaseHolder, 'inForce'> {
  readonly inForceText: string | null
  readonly startTicks: number
  readonly bootId: string
  readonly refresh: number
}

/** The one lease of a state directory. `role` is what people read: `agent` or `console`. */
export function monitorLease(database: DatabaseSync, role: string): Lease {
  /** Of this holder, from its first try to take it: who only asks has none. */
  let id: string | undefined
  const self = identify(process.pid) ?? {pid: process.pid, startTicks: 0, bootId: bootId()}
  const select = database.prepare(
    `SELECT holder AS id, role, host, pid, start_ticks AS startTicks, boot_id AS bootId, since, heartbeat, refresh,
       in_force AS inForceText
     FROM lease`,
  )
  const take = database.prepare(
    `INSERT OR REPLACE INTO lease (one, holder, role, host, pid, start_ticks, boot_id, since, heartbeat, refresh)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  )
  const beat = database.prepare('UPDATE lease SET heartbeat = ?, refresh = 0 WHERE holder = ?')
  const say = database.prepare('UPDATE lease SET in_force = ? WHERE holder = ?')
  const read = (): LeaseRow | undefined => select.get() as unknown as LeaseRow | undefined
  const holds = (): boolean => id !== undefined && read()?.id === id

  return {
    acquire: now =>
      transaction(database, () => {
        id ??= randomUUID()
        const row = read()
        const free = row === undefined || row.id === id ? 'the lease is free' : whyGone(row, now, self.bootId)
        if (free === undefined) return {held: false, reason: `held by ${row?.role} on ${row?.host} (pid ${row?.pid})`}
        take.run(id, role, os.hostname(), self.pid, self.startTicks, self.bootId, now, now)
        return {held: true, reason: free}
      }),
    renew: now =>
      transaction(database, () => {
        const row = read()
        if (id === undefined || row?.id !== id) return {held: false, refresh: false}
        beat.run(now, id)
        return {held: true, refresh: row.refresh !== 0}
      }),
    holds,
    release: () => void database.prepare('DELETE FROM lease WHERE holder = ?').run(id ?? null),
    holder(now) {
      const row = read()
      if (row === undefined || (row.id !== id && whyGone(row, now, self.bootId) !== undefined)) return undefined
      const {inForceText, ...holder} = row
      return inForceText === null ? holder : {...holder, inForce: JSON.parse(inForceText) as InForce}
    },
    publish: inForce => void say.run(JSON.stringify(inForce), id ?? null),
    askRefresh: () => database.exec('UPDATE lease SET refresh = 1'),
  }
}

/** Why a holder no longer counts; undefined while it does. A process of another host is judged by its heartbeat only. */
function whyGone(row: LeaseRow, now: number, boot: string): string | undefined {
  // 0: taken where there is no /proc to ask.
  if (row.host === os.hostname() && row.startTicks !== 0 && !isAlive(row, boot))
    return `its holder (pid ${row.pid}) is gone`
  const age = Math.abs(now - row.heartbeat)
  return age > LEASE_EXPIRES_MS ? `its holder (pid ${row.pid}) was silent for ${formatDuration(age)}` : undefined
}
