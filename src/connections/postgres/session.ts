import type {Client} from 'pg'
import {OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {reasonOf} from '../reason.ts'
import {addressOfHosts} from './address.ts'
import type {Conninfo} from './conninfo.ts'
import {connectPostgres, type Session} from './connect.ts'
import type {HostEntry} from './hosts.ts'

/** `user@host:port/database`, for people. */
export const describeConnection = ({hosts, user, database}: Conninfo): string =>
  escapeLine(`${user}@${addressOfHosts(hosts, database).slice('postgres://'.length)}`, 200)

/**
 * Opens a session, runs the work, closes it; the signal closes it too. `reached` is the server that it is on.
 * Raises `database/unreachable`, and `config/invalid` where a file of the connection cannot be used.
 */
export async function withSession<T>(
  conninfo: Conninfo,
  signal: AbortSignal,
  work: (client: Client, reached: HostEntry) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const {client, reached} = await open(conninfo, signal)
  const stop = (): void => void client.end().catch(() => undefined)
  signal.addEventListener('abort', stop, {once: true})
  try {
    return await work(client, reached)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await client.end().catch(() => undefined)
  }
}

async function open(conninfo: Conninfo, signal: AbortSignal): Promise<Session> {
  try {
    return await connectPostgres(conninfo, signal)
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof OpsError) throw cause
    throw new OpsError(
      'database/unreachable',
      `cannot connect to ${describeConnection(conninfo)}: ${reasonOf(cause)}`,
      {
        cause,
      },
    )
  }
}
