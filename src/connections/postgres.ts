import type {Client} from 'pg'
import {escapeLine} from '../text/escape.ts'
import {safeAddress} from './address.ts'
import {untilAborted} from './attempt.ts'

export type Row = Readonly<Record<string, string | null>>

export interface PostgresQueries {
  /** Values of the rows as text, nulls as null; bounded to 10,000 rows by the caller's SQL, not here. */
  readonly query: (sql: string, values?: readonly (string | number)[]) => Promise<readonly Row[]>
}

/** One PostgreSQL connection, opened on first use and kept between looks. */
export interface KeptPostgres {
  /** The last address connected to, without credentials. */
  readonly address: string | undefined
  /**
   * Runs `work` inside one read-only transaction whose statements stop after `timeoutMs` on the server too, so a look
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

/** `readUrl` is asked at every new connection, so a rotated password is picked up. */
export function keepPostgres(readUrl: () => Promise<string>): KeptPostgres {
  let client: Client | undefined
  let address: string | undefined

  const drop = (): void => {
    const gone = client
    client = undefined
    gone?.connection.stream.destroy()
  }
  const connect = async (signal: AbortSignal): Promise<Client> => {
    const url = await readUrl()
    address = safeAddress(url)
    signal.throwIfAborted()
    const {Client: PostgresClient} = (await import('pg')).default
    const opened = new PostgresClient({connectionString: url, application_name: 'opsconsole', keepAlive: true})
    // Without a listener, a server that goes away between two looks would end the process.
    opened.on('error', () => {
      if (client === opened) client = undefined
    })
    opened.on('end', () => {
      if (client === opened) client = undefined
    })
    await untilAborted(signal, opened.connect(), () => opened.connection.stream.destroy())
    return opened
  }
  const transaction = async <T>(
    open: Client,
    begin: string,
    work: (queries: PostgresQueries) => Promise<T>,
  ): Promise<T> => {
    await open.query(begin)
    const result = await work({query: (sql, values) => queryText(open, sql, values)})
    await open.query('commit')
    return result
  }
  const use = async <T>(signal: AbortSignal, work: (open: Client) => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    client ??= await connect(signal)
    try {
      return await untilAborted(signal, work(client), drop)
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
