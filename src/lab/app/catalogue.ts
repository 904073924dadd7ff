import {Pool} from 'pg'
import type {QueryResultRow} from 'pg'
import type {Log} from './log.ts'

export interface Product {
  readonly id: number
  readonly name: string
  readonly price_cents: number
  readonly stock: number
}

export interface NewOrder {
  readonly customer: number
  readonly product: number
  readonly quantity: number
}

/** What the application asks of PostgreSQL. */
export interface Catalogue {
  page(page: number): Promise<readonly Product[]>
  product(id: number): Promise<Product | undefined>
  order(order: NewOrder): Promise<number>
  heartbeat(instance: string): Promise<void>
  ping(): Promise<void>
  close(): Promise<void>
}

export const PAGE_SIZE = 20
/** Class 08 (connection), 57P0x (shutdown, crash), 53300 (too many), 3D000 (renamed away): a new connection may help. */
const CONNECTION_LOST = /^(?:08...|57P0.|53300|3D000)$/

export function openCatalogue(url: string, log: Log): Catalogue {
  const pool = new Pool({
    connectionString: url,
    max: 6,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 10_000,
    query_timeout: 10_000,
    application_name: 'shop',
  })
  // Idle connections break when the server restarts or the database is renamed; the pool opens new ones.
  pool.on('error', error => log('warn', 'database connection lost', {reason: error.message}))

  /** Reads may be asked again on a fresh connection; writes never, because the first may have happened. */
  const read = async <Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> => {
    try {
      return (await pool.query<Row>(text, values)).rows
    } catch (error) {
      if (!lostConnection(error)) throw error
      return (await pool.query<Row>(text, values)).rows
    }
  }
  return {
    page: page =>
      read<Product>('select id, name, price_cents, stock from products order by id limit $1 offset $2', [
        PAGE_SIZE,
        (page - 1) * PAGE_SIZE,
      ]),
    product: async id =>
      (await read<Product>('select id, name, price_cents, stock from products where id = $1', [id]))[0],
    order: async order => {
      const result = await pool.query<{id: string}>(PLACE_ORDER, [order.customer, order.product, order.quantity])
      const row = result.rows[0]
      if (row === undefined) throw new Error('no such product')
      return Number(row.id)
    },
    heartbeat: async instance => {
      await pool.query(HEARTBEAT, [instance])
    },
    ping: async () => {
      await read('select 1')
    },
    close: () => pool.end(),
  }
}

const PLACE_ORDER = `
with product as (
  update products set stock = greatest(stock - $3::int, 0) where id = $2::int returning id, price_cents
), placed as (
  insert into orders (customer_id, status, total_cents)
  select $1::int, 'placed', product.price_cents * $3::int from product returning id
)
insert into order_items (order_id, product_id, quantity, price_cents)
select placed.id, product.id, $3::int, product.price_cents from placed, product returning order_id as id`

const HEARTBEAT = `
insert into heartbeat (source, beats, at) values ($1, 1, now())
on conflict (source) do update set beats = heartbeat.beats + 1, at = now()`

export function lostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as {code?: unknown}).code
  if (typeof code === 'string' && (CONNECTION_LOST.test(code) || code === 'ECONNRESET' || code === 'EPIPE')) return true
  return /connection terminated|connection ended|not queryable/i.test(error.message)
}
