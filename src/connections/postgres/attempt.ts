import type {Client} from 'pg'
import {once} from 'node:events'
import {connect} from 'node:net'
import type {ConnectionOptions} from 'node:tls'
import {messageOf} from '../../errors.ts'
import {untilAborted} from '../../units/until-aborted.ts'
import {boundAnswers} from './bound-answers.ts'
import type {Conninfo} from './conninfo.ts'
import type {HostEntry} from './hosts.ts'
import {passwordOf} from './password.ts'
import {tlsOptions} from './tls.ts'
import {sqlState} from './sql-state.ts'

/**
 * How far one attempt came before it failed. `asking`: the server heard who we are and has not let us in ·
 * `admitted`: it had, and then refused, a database that does not exist for instance.
 */
export type Stage = 'network' | 'handshake' | 'asking' | 'admitted'

export interface Failed {
  readonly stage: Stage
  readonly error: unknown
  /** SQLSTATE, when it was the server that said no. */
  readonly code: string | undefined
  /** It answered that it does not encrypt. */
  readonly noTls: boolean
}

/** One try at one address, encrypted or not. */
export interface Attempt {
  readonly conninfo: Conninfo
  readonly entry: HostEntry
  /** An address, or the directory of a socket. */
  readonly address: string
  readonly tls: boolean
}

export type Attempted = {readonly client: Client} | {readonly failed: Failed}

/** A role may ask for more rounds than the driver's 100,000; without any limit a server could keep us busy. */
const SCRAM_ROUNDS = 10_000_000

export async function attempt({conninfo, entry, address, tls}: Attempt, signal: AbortSignal): Promise<Attempted> {
  const {settings} = conninfo
  const {Client: PostgresClient} = (await import('pg')).default
  let ssl: ConnectionOptions | false
  try {
    ssl = tls && (await tlsOptions(conninfo, entry))
  } catch (error) {
    // What is wrong with a file counts once there is a server to show it to: until then the next host has its turn.
    return {
      failed: (await unreachable(address, Number(entry.port), signal)) ?? {
        stage: 'handshake',
        error,
        code: undefined,
        noTls: false,
      },
    }
  }
  const direct = tls && settings['sslnegotiation'] === 'direct'
  let bound = false
  const password = async (): Promise<string> => {
    if (settings['channel_binding'] === 'require' && !bound) throw new Error(UNBOUND)
    return passwordOf(conninfo, entry)
  }
  const config = {
    host: address,
    port: Number(entry.port),
    user: conninfo.user,
    database: conninfo.database,
    password,
    application_name: settings['application_name'] || settings['fallback_application_name'] || 'opsconsole',
    ssl,
    sslnegotiation: direct ? ('direct' as const) : ('postgres' as const),
    enableChannelBinding: tls && settings['channel_binding'] !== 'disable',
    keepAlive: Number(settings['keepalives'] ?? 1) !== 0,
    keepAliveInitialDelayMillis: Math.max(0, Number(settings['keepalives_idle'] ?? 0)) * 1000,
    ...(settings['replication'] ? {replication: settings['replication']} : {}),
    scramMaxIterations: SCRAM_ROUNDS,
  }
  const client = new PostgresClient(config)
  // Not in the configuration: where there are none, the driver would look for PGOPTIONS, which had its say already; and a
  // pooler refuses a session that brings any, empty ones too.
  Object.assign((client as Client & {connectionParameters: object}).connectionParameters, {
    options: settings['options'] || undefined,
  })
  let stage = 'network' as Stage
  const {connection} = client
  boundAnswers(connection, tls)
  connection.once('connect', () => (stage = tls ? 'handshake' : 'asking'))
  connection.once('sslconnect', () => connection.stream.once('secureConnect', () => (stage = 'asking')))
  connection.once('authenticationSASL', ({mechanisms}: {mechanisms: string[]}) => {
    bound = tls && mechanisms.includes('SCRAM-SHA-256-PLUS')
  })
  connection.once('authenticationOk', () => (stage = 'admitted'))
  // Without a listener, a server that goes away between two queries would end the process.
  client.on('error', () => undefined)
  const give = (): void => void connection.stream.destroy()
  try {
    await untilAborted(signal, client.connect(), give)
    if (settings['channel_binding'] === 'require' && !bound) throw new Error(UNBOUND)
    return {client}
  } catch (error) {
    give()
    if (signal.aborted) return {failed: {stage: 'network', error: signal.reason, code: undefined, noTls: false}}
    return {
      failed: {
        stage,
        error: withDetail(error),
        code: sqlState(error),
        noTls: stage === 'handshake' && NO_TLS.test(String(error)),
      },
    }
  }
}

/** Why it lets nobody in stands in the detail: `Hot standby mode is disabled.` */
function withDetail(error: unknown): unknown {
  const {detail} = (error ?? {}) as {readonly detail?: unknown}
  return typeof detail === 'string' && detail !== '' && sqlState(error)?.startsWith('57P') === true
    ? new Error(`${messageOf(error)}: ${detail}`, {cause: error})
    : error
}

const UNBOUND = 'channel_binding=require: the server did not bind its authentication to this session'

/** The driver has no other sign of it. */
const NO_TLS = /does not support SSL/

/** Whether anybody listens there, for an attempt that could not even begin to encrypt. */
async function unreachable(address: string, port: number, signal: AbortSignal): Promise<Failed | undefined> {
  const socket = connect({host: address, port})
  try {
    await untilAborted(signal, once(socket, 'connect'))
    return undefined
  } catch (error) {
    return {stage: 'network', error, code: undefined, noTls: false}
  } finally {
    socket.destroy()
  }
}
