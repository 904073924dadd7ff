import type {Client} from 'pg'
import {messageOf, OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {untilAborted} from '../../units/until-aborted.ts'
import {NotForUs} from '../attempt.ts'
import {reasonOf} from '../reason.ts'
import {addressOfHosts} from './address.ts'

export type Row = Readonly<Record<string, string | null>>

export interface PostgresQueries {
  /** Whose session it was said to be when it was opened; a pooler gives it a number of its own. */
  readonly session: number | undefined
  /** Values of the rows as text, nulls as null; bounded to 10,000 rows by the caller's SQL, not here. */
  readonly query: (sql: string, values?: readonly (string | number)[]) => Promise<readonly Row[]>
}

/** One PostgreSQL connection, opened on first use and kept between probes. */
export interface KeptPostgres {
  /** The last address connected to, without credentials. */
  readonly address: string | undefined
  /**
   * Runs `work` inside one read-only transaction whose statements stop after `timeoutMs` on the server too, so a probe
   * that was given up leaves nothing running there. Settings are transaction-local: they are safe behind a pooler.
   */
  read<T>(signal: AbortSignal, timeoutMs: number, work: (queries: PostgresQueries) => Promise<T>): Promise<T>
  /**
   * The same for one transaction that changes something. One whose client stands still in the middle is ended by the
   * server after half of `timeoutMs`, so that whoever waits for its rows with the same limit still gets them.
   */
  change<T>(signal: AbortSignal, timeoutMs: number, work: (queries: PostgresQueries) => Promise<T>): Promise<T>
  /** One statement in one round trip, committed by itself. It has no limit on the server: keep it small. */
  once(signal: AbortSignal, sql: string, values?: readonly (string | number)[]): Promise<readonly Row[]>
  close(): Promise<void>
}

/** How often a probe asks for a new session: every fifth time, so after at most four intervals a refusal is known. */
export const FRESH_EVERY = 5

export interface KeptOptions {
  /**
   * Every Nth use opens a session of its own first, which then replaces the kept one: a server that accepts nobody any
   * more still answers the sessions it has. 0, the default: never.
   */
  readonly freshEvery?: number
}

/** `readUrl` is asked at every new session, so a rotated password is picked up; names are looked up anew as well. */
export function keepPostgres(readUrl: () => Promise<string>, {freshEvery = 0}: KeptOptions = {}): KeptPostgres {
  let client: Client | undefined
  let address: string | undefined
  let uses = 0

  const drop = (): void => {
    const gone = client
    client = undefined
    gone?.connection.stream.destroy()
  }
  const connect = async (signal: AbortSignal): Promise<Client> => {
    const [{readConninfo}, {connectPostgres}] = await Promise.all([import('./conninfo.ts'), import('./connect.ts')])
    const conninfo = await readConninfo(await readUrl())
    address = addressOfHosts(conninfo.hosts, conninfo.database)
    const {client: opened, reached} = await connectPostgres(conninfo, signal)
    address = addressOfHosts([{...reached, hostaddr: reached.host === '' ? reached.hostaddr : ''}], conninfo.database)
    const forget = (): void => {
      if (client === opened) client = undefined
    }
    opened.on('error', forget)
    opened.on('end', forget)
    return opened
  }
  /** Until a new session succeeds, every use asks for one: what is refused stays refused, whoever looks. */
  const renew = async (signal: AbortSignal): Promise<void> => {
    const old = client
    try {
      client = await connect(signal)
    } catch (thrown) {
      signal.throwIfAborted()
      if (thrown instanceof OpsError) throw thrown
      throw new NewSessionRefused(thrown)
    }
    uses = 1
    await old?.end().catch(() => undefined)
  }
  const transaction = async <T>(
    open: Client,
    begin: string,
    work: (queries: PostgresQueries) => Promise<T>,
  ): Promise<T> => {
    await open.query(begin).catch(refusedByPooler)
    const {processID: session} = open as {readonly processID?: number}
    const result = await work({session, query: (sql, values) => queryText(open, sql, values)})
    await open.query('commit')
    return result
  }
  const use = async <T>(signal: AbortSignal, work: (open: Client) => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    if (client === undefined) {
      client = await connect(signal)
      uses = 1
    } else if (freshEvery > 0 && uses >= freshEvery) await renew(signal)
    else uses += 1
    const current = client
    try {
      return await untilAborted(signal, work(current), drop)
    } catch (thrown) {
      // A connection whose work failed half-way is not worth repairing.
      drop()
      throw thrown
    }
  }
  return {
    get address() {
      return address
    },
    read: (signal, timeoutMs, work) => use(signal, open => transaction(open, beginRead(whole(timeoutMs)), work)),
    change: (signal, timeoutMs, work) => use(signal, open => transaction(open, beginChange(whole(timeoutMs)), work)),
    once: (signal, sql, values) => use(signal, open => queryText(open, sql, values)),
    async close() {
      const open = client
      client = undefined
      await open?.end().catch(() => undefined)
    },
  }
}

/** The kept session still answers, and a new one is not let in. */
export class NewSessionRefused extends Error {
  constructor(cause: unknown) {
    super(`new sessions are refused: ${reasonOf(cause)}`, {cause})
  }
}

/** pgbouncer with `pool_mode = statement`: our promise to change nothing hangs on a read-only transaction. */
function refusedByPooler(thrown: unknown): never {
  if (!/transaction blocks not allowed in statement pooling mode/.test(messageOf(thrown))) throw thrown
  throw new NotForUs(
    'it is behind a pooler that pools by statement: it answers, and nothing can be read within a transaction',
    {cause: thrown},
  )
}

const whole = (ms: number): number => Math.max(1, Math.ceil(ms))
const beginRead = (ms: number): string => `begin read only; set local statement_timeout = ${ms}`
const beginChange = (ms: number): string =>
  `begin; set local statement_timeout = ${ms}; set local idle_in_transaction_session_timeout = ${whole(ms / 2)}`

/** Every type as the text that PostgreSQL sent: nothing is rounded, and dates stay what the server said. */
async function queryText(client: Client, sql: string, values: readonly (string | number)[] = []): Promise<Row[]> {
  const result = await client.query<Record<string, string | null>>({
    text: sql,
    values: [...values],
    types: {getTypeParser: () => (value: string) => value},
  })
  return result.rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [key, value === null ? null : escapeLine(value, 100_000)]),
    ),
  )
}
