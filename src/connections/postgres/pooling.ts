import type {Client} from 'pg'
import type {Conninfo} from './conninfo.ts'
import {withSession} from './session.ts'

/** none: the server itself · session: a pooler that lends a server's session as a whole · transaction: one by one. */
export type Pooling = 'none' | 'session' | 'transaction'

/** How often two sessions are made to take turns: another client may have the server's session of the moment. */
const TURNS = 5

/** A pooler gives its clients numbers of its own, and startup options that it does not know make it refuse. */
export async function isPooled(client: Client): Promise<boolean> {
  return (await backendPid(client)) !== (client as Client & {processID?: number}).processID
}

/**
 * What stands between here and the server. Behind a pooler in transaction mode, a session whose server's session another one
 * has taken meanwhile goes on in a different one.
 */
export async function readPooling(conninfo: Conninfo, signal: AbortSignal): Promise<Pooling> {
  return withSession(conninfo, signal, async one => {
    if (!(await isPooled(one))) return 'none'
    return withSession(conninfo, signal, async other => {
      for (let turn = 0; turn < TURNS; turn += 1) {
        const before = await backendPid(one)
        await other.query('BEGIN')
        await other.query('SELECT 1')
        const after = await backendPid(one)
        await other.query('ROLLBACK')
        if (before !== after) return 'transaction'
      }
      return 'session'
    })
  })
}

async function backendPid(client: Client): Promise<number | undefined> {
  const {rows} = await client.query<{pid: number}>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid
}
