import type {Client} from 'pg'
import {OpsError} from '../../errors.ts'
import {reasonOf} from '../reason.ts'
import {addressOfHosts} from './address.ts'
import {addressesOf} from './addresses.ts'
import {type Attempt, type Attempted, attempt, type Failed} from './attempt.ts'
import type {Conninfo} from './conninfo.ts'
import {type HostEntry, isSocket} from './hosts.ts'
import {sessionFault, targetPasses} from './target-session.ts'

/** A session and where it ended up, of all the places that the connection string allows. */
export interface Session {
  readonly client: Client
  /** Exactly this server: what is given to pg_dump, so that it does not reach another one of the list. */
  readonly reached: HostEntry
  readonly tls: boolean
}

/** libpq waits for ever; a console must not. `connect_timeout` says otherwise. */
const CONNECT_TIMEOUT_S = 10

/** CANNOT_CONNECT_NOW: starting up, shutting down. The next host of the list may do better. */
const NOT_NOW = '57P03'

/**
 * Opens a session as libpq does: hosts in their order, every address of each, encrypted or not as `sslmode` says, until
 * one fits `target_session_attrs`. What a host that answered refuses is not asked of the next one.
 */
export async function connectPostgres(conninfo: Conninfo, signal: AbortSignal): Promise<Session> {
  const seen: {entry: HostEntry; error: unknown}[] = []
  for (const target of targetPasses(conninfo.settings['target_session_attrs'] ?? 'any'))
    for (const entry of inOrder(conninfo)) {
      const found = await tryHost({conninfo, entry, target}, signal)
      signal.throwIfAborted()
      if ('client' in found) return found
      if (found.final) throw found.error
      seen.push({entry, error: found.error})
    }
  throw combined(seen)
}

function inOrder({hosts, settings}: Conninfo): readonly HostEntry[] {
  if (settings['load_balance_hosts'] !== 'random') return hosts
  return hosts
    .map(entry => ({entry, at: Math.random()}))
    .sort((a, b) => a.at - b.at)
    .map(({entry}) => entry)
}

interface Refused {
  readonly error: unknown
  /** Nobody else of the list is asked. */
  readonly final: boolean
}

async function tryHost(
  {conninfo, entry, target}: {conninfo: Conninfo; entry: HostEntry; target: string},
  signal: AbortSignal,
): Promise<Session | Refused> {
  let last: unknown
  const addresses = await addressesOf(entry, signal).catch((error: unknown) => {
    last = error
    return []
  })
  if (last instanceof OpsError) return {error: last, final: true}
  for (const address of addresses) {
    const limit = Number(conninfo.settings['connect_timeout'] ?? CONNECT_TIMEOUT_S)
    const late = limit <= 0 ? [] : [AbortSignal.timeout(Math.max(2, limit) * 1000)]
    const {attempted, tls} = await negotiate({conninfo, entry, address}, AbortSignal.any([signal, ...late]))
    signal.throwIfAborted()
    if ('client' in attempted) {
      const reached = isSocket(entry) ? entry : {...entry, hostaddr: address}
      const fault = await sessionFault(attempted.client, target)
      if (fault === undefined) return {client: attempted.client, reached, tls}
      await attempted.client.end().catch(() => undefined)
      return {error: new Error(fault), final: false}
    }
    const {failed} = attempted
    if (failed.code === NOT_NOW) return {error: failed.error, final: false}
    if (failed.stage !== 'network') return {error: failed.error, final: true}
    last = failed.error instanceof DOMException ? new Error(`no answer within ${Math.max(2, limit)} s`) : failed.error
  }
  return {error: last, final: false}
}

/** Encrypted, plain, or one after the other: `allow` and `prefer` try what they like less when the first is refused. */
async function negotiate(
  options: Omit<Attempt, 'tls'>,
  signal: AbortSignal,
): Promise<{attempted: Attempted; tls: boolean}> {
  const mode = isSocket(options.entry) ? 'disable' : (options.conninfo.settings['sslmode'] ?? 'prefer')
  const first = mode !== 'disable' && mode !== 'allow'
  const attempted = await attempt({...options, tls: first}, signal)
  if ('client' in attempted || (mode !== 'allow' && mode !== 'prefer'))
    return {attempted: inWords(attempted, mode), tls: first}
  const {failed} = attempted
  const refused = failed.stage === 'asking' && failed.code !== undefined && failed.code !== NOT_NOW
  if (!refused && !(first && failed.stage === 'handshake')) return {attempted, tls: first}
  const second = await attempt({...options, tls: !first}, signal)
  // A server that does not encrypt has said already why it refuses.
  return 'failed' in second && second.failed.noTls ? {attempted, tls: first} : {attempted: second, tls: !first}
}

const inWords = (attempted: Attempted, mode: string): Attempted =>
  'failed' in attempted && attempted.failed.noTls ? {failed: withoutTls(attempted.failed, mode)} : attempted

const withoutTls = (failed: Failed, mode: string): Failed => ({
  ...failed,
  error: new Error(`sslmode=${mode}, but the server does not encrypt`),
})

/** One failure as it is; of several, what each host said. */
function combined(seen: readonly {entry: HostEntry; error: unknown}[]): unknown {
  if (seen.length === 1) return seen[0]?.error
  const said = seen.map(
    ({entry, error}) => `${addressOfHosts([entry], '').replace('postgres://', '')}: ${reasonOf(error)}`,
  )
  return new Error([...new Set(said)].join('; '))
}
