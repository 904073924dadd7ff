import {withSuperuser} from './parts/postgres.ts'
import type {LabPlan} from './plan.ts'
import {readSecret} from './secrets.ts'

export const CUSTOMERS = 2000
export const PRODUCTS = 500
export const ORDERS = 5000

/**
 * Makes the roles, the database and its rows. `shop` owns the database and is the application; `ops` is what a
 * console should have and no more: it sees statistics, ends sessions, creates and renames databases of `shop`.
 */
export async function createShop(plan: LabPlan): Promise<void> {
  const shop = passwordOf(await readSecret(plan.dir, 'shop-url'))
  const ops = passwordOf(await readSecret(plan.dir, 'ops-url'))
  await withSuperuser(plan, 'postgres', async client => {
    await client.query(`create role shop login password ${client.escapeLiteral(shop)}`)
    await client.query(`create role ops login createdb password ${client.escapeLiteral(ops)}`)
    await client.query('grant shop, pg_monitor, pg_signal_backend to ops')
    await client.query('create database shop owner shop')
  })
  await withSuperuser(plan, 'shop', async client => {
    await client.query('set role shop')
    await client.query(TABLES)
    await client.query(ROWS)
    await client.query('reset role')
    await client.query('analyze')
  })
}

const passwordOf = (url: string): string => new URL(url).password

const TABLES = `
create table schema_migrations (version text primary key, applied_at timestamptz not null default now());
create table customers (
  id int generated always as identity primary key,
  name text not null,
  email text not null unique,
  created_at timestamptz not null default now()
);
create table products (
  id int generated always as identity primary key,
  sku text not null unique,
  name text not null,
  price_cents int not null check (price_cents > 0),
  stock int not null check (stock >= 0)
);
create table orders (
  id bigint generated always as identity primary key,
  customer_id int not null references customers,
  status text not null check (status in ('placed', 'paid', 'shipped', 'returned')),
  total_cents int not null,
  placed_at timestamptz not null default now()
);
create index on orders (customer_id);
create index on orders (placed_at);
create table order_items (
  order_id bigint not null references orders on delete cascade,
  product_id int not null references products,
  quantity int not null check (quantity > 0),
  price_cents int not null,
  primary key (order_id, product_id)
);
create table heartbeat (source text primary key, beats bigint not null, at timestamptz not null);
`

const ROWS = `
insert into schema_migrations (version) values ('001-tables'), ('002-heartbeat');
insert into customers (name, email, created_at)
  select 'Customer ' || n, 'customer' || n || '@shop.example', now() - make_interval(days => n % 700)
  from generate_series(1, ${CUSTOMERS}) n;
insert into products (sku, name, price_cents, stock)
  select 'SKU-' || lpad(n::text, 5, '0'),
    (array['Oak', 'Steel', 'Linen', 'Glass', 'Cork'])[1 + n % 5] || ' ' ||
    (array['chair', 'lamp', 'table', 'shelf', 'bowl', 'rug', 'clock'])[1 + n % 7] || ' ' || n,
    499 + (n * 7919) % 20000, 1000000
  from generate_series(1, ${PRODUCTS}) n;
insert into orders (customer_id, status, total_cents, placed_at)
  select 1 + (n * 31) % ${CUSTOMERS}, (array['paid', 'shipped', 'shipped', 'returned'])[1 + n % 4], 0,
    now() - make_interval(mins => n * 17)
  from generate_series(1, ${ORDERS}) n;
insert into order_items (order_id, product_id, quantity, price_cents)
  select n, 1 + (n * 13 + k * 101) % ${PRODUCTS}, 1 + (n + k) % 3, p.price_cents
  from generate_series(1, ${ORDERS}) n cross join generate_series(0, 2) k
  join products p on p.id = 1 + (n * 13 + k * 101) % ${PRODUCTS};
update orders set total_cents = sums.total
  from (select order_id, sum(quantity * price_cents)::int as total from order_items group by order_id) sums
  where sums.order_id = orders.id;
`
