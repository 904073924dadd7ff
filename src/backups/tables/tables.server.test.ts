import {existsSync} from 'node:fs'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import restore from '../../../runbooks/restore.ts'
import {type BackupBench, startBackupBench} from '../../../test/servers/backup-bench.ts'
import {walkRunbook, type Walked} from '../../../test/servers/walk-runbook.ts'
import type {Ops} from '../../runbooks/ops.ts'

let bench: BackupBench
/** Of the database `pristine`, of which each test begins with a copy. */
let id: string
beforeAll(async () => {
  bench = await startBackupBench()
  await bench.fill()
  await bench.query(TIES)
  id = (await bench.ops().create()).id
  await bench.query('ALTER DATABASE shop RENAME TO pristine', 'postgres')
}, 60_000)
afterAll(() => bench.stop())

/** Everything that ties a table to others. */
const TIES = `
  CREATE TABLE lines (id int PRIMARY KEY, "order" bigint NOT NULL CONSTRAINT lines_order REFERENCES orders);
  INSERT INTO lines SELECT i, i FROM generate_series(1, 3000) i;
  COMMENT ON CONSTRAINT lines_order ON lines IS 'whose line it is';
  CREATE INDEX orders_total ON orders (total);
  CREATE STATISTICS orders_both ON customer, total FROM orders;
  CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 100;
  CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.total := 0; RETURN NEW; END $$;
  CREATE TRIGGER stamped BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
  ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON orders USING (customer = 1);
  GRANT SELECT, UPDATE ON orders TO shop_app;
  GRANT SELECT ON orders TO PUBLIC;
  CREATE SCHEMA "A.b";
  CREATE TABLE "A.b"."x""y" (id serial PRIMARY KEY, "Mixed Case" text, twice int GENERATED ALWAYS AS (id * 2) STORED);
  INSERT INTO "A.b"."x""y" ("Mixed Case") SELECT 'row ' || i FROM generate_series(1, 50) i`

beforeEach(async () => {
  await bench.query('DROP DATABASE IF EXISTS shop WITH (FORCE)', 'postgres')
  await bench.query('CREATE DATABASE shop TEMPLATE pristine', 'postgres')
}, 60_000)

const walk = (params: Record<string, unknown>): Promise<Walked> => {
  const ops = {environment: {name: 'production', protected: false}, backup: () => bench.ops()} as unknown as Ops
  return walkRunbook(restore, {params: {id, ...params}, ops})
}

const sumOf = async (table: string): Promise<unknown> =>
  (
    await bench.query(
      `SELECT count(*)::int AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS sum FROM ${table} t`,
    )
  )[0]
const databases = async (): Promise<unknown> =>
  (await bench.query('SELECT datname FROM pg_database ORDER BY 1', 'postgres')).map(({datname}) => datname)
const schemas = async (): Promise<unknown> =>
  (await bench.query(`SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1`)).map(({nspname}) => nspname)
/** What is said of a table besides its rows. */
const tiesOf = async (table = 'public.orders'): Promise<unknown> =>
  (
    await bench.query(`
    SELECT pg_get_userbyid(c.relowner) AS owner, c.relacl::text AS acl, c.relrowsecurity AS policies_on,
      ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = c.oid ORDER BY 1) AS indexes,
      ARRAY(SELECT t.tgname || t.tgenabled::text FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal ORDER BY 1) AS triggers,
      ARRAY(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
      ARRAY(SELECT k.conname || ' ' || pg_get_constraintdef(k.oid) || k.convalidated || coalesce(obj_description(k.oid, 'pg_constraint'), '')
        FROM pg_constraint k WHERE c.oid IN (k.conrelid, k.confrelid) ORDER BY 1) AS constraints,
      ARRAY(SELECT s.stxname || ' ' || s.stxnamespace::regnamespace FROM pg_statistic_ext s WHERE s.stxrelid = c.oid) AS statistics,
      pg_get_serial_sequence('${table}', 'id') AS sequence
    FROM pg_class c WHERE c.oid = '${table}'::regclass`)
  )[0]

describe('one table of a backup', {timeout: 60_000}, () => {
  test('comes beside the live one, equal and closed, and nothing else is touched', async () => {
    const [was, ties] = [await sumOf('orders'), await tiesOf()]
    await bench.query('DELETE FROM lines; DELETE FROM orders WHERE id > 10; UPDATE orders SET total = 1')
    const now = await sumOf('orders')
    const walked = await walk({table: 'public.orders'})
    expect(walked, walked.reason).toMatchObject({
      outcome: 'done',
      steps: {copy: 'done', beside: 'done', remove: 'done'},
    })
    expect(walked.steps).not.toHaveProperty('swap')
    // What is recorded could be typed: the file is there.
    const [, file = ''] = /age -d (\S+) /.exec(bench.acts.find(act => act.includes('age -d')) ?? '') ?? []
    expect(existsSync(file), file).toBe(true)
    expect(await sumOf('public_restored_walk.orders')).toEqual(was)
    expect(await sumOf('orders')).toEqual(now)
    expect(await tiesOf()).toEqual(ties)
    expect(await databases()).toEqual(['postgres', 'pristine', 'shop', 'template0', 'template1'])
    expect(
      await bench.query(`SELECT has_schema_privilege('shop_app', 'public_restored_walk', 'USAGE') AS may`),
    ).toEqual([{may: false}])
    expect(walked.afterwards).toEqual([
      expect.stringMatching(/^public\.orders as of 20.+Z is public_restored_walk\.orders in database shop\.$/),
      'When it is not needed any more: DROP SCHEMA public_restored_walk CASCADE;',
    ])
  })

  test('takes the live one’s place: the rows of then, all else of now, and the rows of now are kept', async () => {
    const was = await sumOf('orders')
    await bench.query(`DELETE FROM lines WHERE id > 100; DELETE FROM orders WHERE id > 3000; UPDATE orders SET total = 1;
      ALTER TABLE orders DISABLE TRIGGER stamped; INSERT INTO orders (customer, total) VALUES (1, 2); ALTER TABLE orders ENABLE ALWAYS TRIGGER stamped;
      REVOKE SELECT ON orders FROM PUBLIC; CREATE INDEX newer ON orders (customer)`)
    const [now, ties] = [await sumOf('orders'), await tiesOf()]
    const walked = await walk({table: 'public.orders', swap: true})
    expect(walked, walked.reason).toMatchObject({
      outcome: 'done',
      steps: {safety: 'done', swap: 'done', remove: 'done'},
    })
    expect(await sumOf('orders')).toEqual(was)
    expect(await sumOf('public_before_walk.orders')).toEqual(now)
    expect(await tiesOf()).toEqual(ties)
    expect((await bench.query('SELECT count(*)::int AS n FROM big_orders'))[0]).toEqual({n: 4920})
    // The number that was given out meanwhile is not given out again.
    await bench.query('ALTER TABLE orders DISABLE TRIGGER stamped')
    expect(await bench.query('INSERT INTO orders (customer) VALUES (1) RETURNING id')).toEqual([{id: '5002'}])
    expect(await schemas()).toEqual(['A.b', 'information_schema', 'public', 'public_before_walk'])
    expect(walked.afterwards.join('\n')).toContain(
      'The rows that public.orders had are kept in public_before_walk.orders.',
    )
  })

  test('that was dropped is there again, with all that belonged to it', async () => {
    const [was, ties] = [await sumOf('orders'), await tiesOf()]
    await bench.query('DROP TABLE orders CASCADE')
    const walked = await walk({table: 'public.orders', swap: 'true'})
    expect(walked, walked.reason).toMatchObject({outcome: 'done', steps: {swap: 'done'}})
    expect(await sumOf('orders')).toEqual(was)
    expect(await tiesOf()).toEqual(ties)
    expect(walked.afterwards.join('\n')).toContain('view public.big_orders read it and is not back')
    expect(await schemas()).toEqual(['A.b', 'information_schema', 'public'])
  })

  test('that was dropped, while rows that it needs went: its foreign key holds for new rows, and that is said', async () => {
    await bench.query(
      'DROP TABLE orders CASCADE; DELETE FROM customers WHERE id = 7; UPDATE lines SET "order" = 9999 WHERE id = 1',
    )
    const walked = await walk({table: 'public.orders', swap: true})
    expect(walked, walked.reason).toMatchObject({outcome: 'done'})
    const said = walked.afterwards.join('\n')
    expect(said).toMatch(
      /foreign key orders_customer_fkey of public\.orders holds for new rows only: Key \(customer\)=\(7\) is not present/,
    )
    expect(said).toMatch(/foreign key lines_order of public\.lines holds for new rows only/)
    expect(said).toContain('VALIDATE CONSTRAINT "lines_order";')
  })

  test('whose rows others need by now is refused in the transaction: everything is as it was', async () => {
    await bench.query(
      'ALTER TABLE orders DISABLE TRIGGER stamped; INSERT INTO orders (customer, total) VALUES (1, 2); INSERT INTO lines VALUES (9000, 5001)',
    )
    const [now, ties, lines] = [await sumOf('orders'), await tiesOf(), await sumOf('lines')]
    const walked = await walk({table: 'public.orders', swap: true})
    expect(walked.outcome).toBe('undone')
    expect(walked.reason).toContain(
      'foreign key lines_order of public.lines would not hold: Key (order)=(5001) is not present in table "orders"',
    )
    expect([await sumOf('orders'), await tiesOf(), await sumOf('lines')]).toEqual([now, ties, lines])
    expect(await schemas()).toEqual(['A.b', 'information_schema', 'public'])
    expect(await databases()).toEqual(['postgres', 'pristine', 'shop', 'template0', 'template1'])
  })

  test('together with the one that needs it', async () => {
    const was = [await sumOf('orders'), await sumOf('lines')]
    await bench.query(
      'ALTER TABLE orders DISABLE TRIGGER stamped; INSERT INTO orders (customer, total) VALUES (1, 2); INSERT INTO lines VALUES (9000, 5001); DELETE FROM lines WHERE id < 9',
    )
    const walked = await walk({table: 'public.orders, public.lines', swap: true})
    expect(walked, walked.reason).toMatchObject({outcome: 'done'})
    expect([await sumOf('orders'), await sumOf('lines')]).toEqual(was)
  })

  test('with an odd name and a generated column', async () => {
    const was = await sumOf('"A.b"."x""y"')
    await bench.query(`DELETE FROM "A.b"."x""y" WHERE id < 20`)
    const beside = await walk({table: '"A.b"."x""y"'})
    expect(beside, beside.reason).toMatchObject({outcome: 'done'})
    expect(beside.afterwards[0]).toContain('is "A.b_restored_walk"."x""y" in')
    expect(await sumOf('"A.b_restored_walk"."x""y"')).toEqual(was)
    const swapped = await walk({table: '"A.b"."x""y"', swap: true})
    expect(swapped, swapped.reason).toMatchObject({outcome: 'done'})
    expect(await sumOf('"A.b"."x""y"')).toEqual(was)
  })

  test('that now has other columns comes beside, and is not put in its place', async () => {
    await bench.query('ALTER TABLE customers ADD phone text; ALTER TABLE customers DROP note')
    const now = await sumOf('customers')
    expect(await walk({table: 'public.customers'})).toMatchObject({outcome: 'done'})
    await bench.query('DROP SCHEMA public_restored_walk CASCADE')
    const walked = await walk({table: 'public.customers', swap: true})
    expect(walked).toMatchObject({outcome: 'undone'})
    expect(walked.reason).toBe(
      'public.customers has other columns than in the backup: now "phone" text; in the backup "note" jsonb',
    )
    expect(await sumOf('customers')).toEqual(now)
  })

  test('that is partitioned, and one part of it', async () => {
    await bench.query(`CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
      INSERT INTO parts SELECT '2026-02-05', i FROM generate_series(1, 30) i`)
    const other = (await bench.ops().create()).id
    const [all, second] = [await sumOf('parts'), await sumOf('parts_2')]
    await bench.query('UPDATE parts SET n = 0')
    const part = await walk({id: other, table: 'public.parts_2', swap: true})
    expect(part, part.reason).toMatchObject({outcome: 'done'})
    expect(await sumOf('parts_2')).toEqual(second)
    expect((await bench.query('SELECT count(*)::int AS n FROM parts WHERE n = 0'))[0]).toEqual({n: 100})
    await bench.query('DROP SCHEMA public_before_walk CASCADE; DROP TABLE parts_2')
    const again = await walk({id: other, table: 'public.parts_2', swap: true})
    expect(again, again.reason).toMatchObject({outcome: 'done'})
    expect(
      (
        await bench.query(
          `SELECT inhparent::regclass::text AS parent FROM pg_inherits WHERE inhrelid = 'parts_2'::regclass`,
        )
      )[0],
    ).toEqual({parent: 'parts'})
    const whole = await walk({id: other, table: 'public.parts', swap: true})
    expect(whole, whole.reason).toMatchObject({outcome: 'done'})
    expect(await sumOf('parts')).toEqual(all)
    await bench.query('DROP TABLE parts')
    const gone = await walk({id: other, table: 'public.parts', swap: true})
    expect(gone, gone.reason).toMatchObject({outcome: 'done'})
    expect(await sumOf('parts')).toEqual(all)
  })

  test('is planned without a lock, within 2 s, while somebody holds the table', async () => {
    const {Client} = await import('pg')
    const holder = new Client({connectionString: bench.server.url.replace(/\/postgres$/, '/shop')})
    await holder.connect()
    await holder.query('BEGIN; LOCK TABLE orders, lines, customers IN ACCESS EXCLUSIVE MODE')
    const planned = await bench.ops().planTables(id, 'public.orders', {swap: true})
    await holder.end()
    expect(planned).toEqual([
      {
        schema: 'public',
        name: 'orders',
        shown: 'public.orders',
        live: 'there',
        foreignKeys: ['lines_order of public.lines'],
        referring: [{schema: 'public', name: 'lines'}],
      },
    ])
  })

  test('is refused by the plan where it cannot be: not in the backup, a view, rules, heirs', async () => {
    const plan = (table: string, swap = true): Promise<unknown> => bench.ops().planTables(id, table, {swap})
    await expect(plan('public.order')).rejects.toMatchObject({code: 'usage/arguments', hint: 'Similar: public.orders.'})
    await expect(plan('public.big_orders')).rejects.toThrow('public.big_orders is a view in backup')
    await expect(plan('orders')).rejects.toMatchObject({code: 'usage/arguments'})
    await bench.query(`CREATE RULE no AS ON INSERT TO lines DO INSTEAD NOTHING; CREATE TABLE heir () INHERITS (lines);
      DROP TABLE empty_one; CREATE VIEW empty_one AS SELECT 1 AS id`)
    await expect(plan('public.lines,public.empty_one')).rejects.toMatchObject({
      code: 'backup/unfit',
      message:
        'it cannot be done: public.lines has the rule no, which would rewrite what is written to it; public.heir inherits from public.lines, and its rows would stay; public.empty_one is a view now',
    })
    await expect(plan('public.lines,public.empty_one', false)).resolves.toHaveLength(2)
  })
})
