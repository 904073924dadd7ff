import {open, readFile} from 'node:fs/promises'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../../../../test/servers/backup-bench.ts'
import type {BackupEntry} from '../../rows.ts'

let bench: BackupBench
beforeAll(async () => {
  bench = await startBackupBench()
}, 60_000)
afterAll(() => bench.stop())

const RATES = `create schema money; create table money.rates (cur text primary key, r numeric);
  insert into money.rates values ('eur', 1.1);
  create function money.rate(text) returns numeric language sql immutable as 'select r from rates where cur = $1';
  create function money.slow(text) returns numeric language plpgsql immutable as
    'begin return (select r from rates where cur = $1); end'`

/** What hangs on a function that finds its table by the search path alone, on a table T each; pg_dump copies them all. */
const UNSAFE: Readonly<Record<string, string>> = {
  index: 'create index on T (money.rate(note))',
  plpgsql_index: 'create index on T (money.slow(note))',
  partial_index: 'create index on T (id) where money.rate(note) > 0',
  constant_index: "create index on T (id) where money.slow('eur') > 0",
  statistics: 'create statistics on_T on (money.rate(note)), id from T',
  check: 'alter table T add check (money.rate(note) > 0)',
  generated: 'alter table T add worth numeric generated always as (money.rate(note)) stored',
  default: "alter table T alter total set default money.rate('eur')",
  view: 'create materialized view of_T as select money.slow(note) as p from T',
  policy: 'alter table T enable row level security; create policy own on T using (money.rate(note) > 0)',
  exclusion: 'alter table T add exclude (money.slow(note) with =)',
  part: 'create table whole_T (like T) partition by range (money.slow(note)); create table part_T partition of whole_T default',
}

const tableOf = (shape: string, sql: string): string =>
  `create table t_${shape} (id int, total numeric, note text); insert into t_${shape} values (1, 1, 'eur'); ${sql.replaceAll('T', `t_${shape}`)}`

async function take(sql: string): Promise<{entry: BackupEntry; manifest: Record<string, unknown>}> {
  await bench.fill()
  await bench.query('alter database shop set search_path = money, public')
  await bench.query(RATES)
  await bench.query(sql)
  const ops = bench.ops()
  const {id} = await ops.create()
  await ops.requireSound(id)
  const [entry] = await ops.list()
  if (entry?.id !== id) throw new Error('the backup is not listed')
  const text = await readFile(path.join(ops.location, `${id}.manifest.json`), 'utf8')
  return {entry, manifest: JSON.parse(text.slice(0, text.lastIndexOf('\nsha256:'))) as Record<string, unknown>}
}

const BROKEN = `${tableOf('index', UNSAFE['index'] ?? '')}; drop table money.rates`

describe('a function that needs a search path', () => {
  test('does not stand in the way of a backup, nor of its proof, whatever hangs on it', async () => {
    const sql = Object.entries(UNSAFE).map(([shape, text]) => tableOf(shape, text))
    const {entry, manifest} = await take(sql.join(';\n'))
    expect(entry).toMatchObject({state: 'good', reason: 'read completely'})
    const {tables, unproved} = manifest as {tables: {name: string; rows: number}[]; unproved: unknown[]}
    expect(unproved).toEqual([])
    for (const shape of Object.keys(UNSAFE))
      expect(tables.find(({name}) => name === `t_${shape}`)).toMatchObject({rows: 1})
  })

  test('what no search path helps is named and left out of the proof, the rest is kept', async () => {
    const {entry} = await take(BROKEN)
    expect(entry.state).toBe('good')
    expect(entry.reason).toBe('read completely; proved 5 of 6 tables; money.t_index: relation "rates" does not exist')
  })

  test('a copy that lacks such a table, or another one, is not called equal', async () => {
    await take(BROKEN)
    const ops = bench.ops()
    const {id} = await ops.pick('newest')
    // The live database is what was copied, so it is equal but for what cannot be told.
    expect(await ops.prove(id, {database: 'shop'})).toMatchObject({
      ok: true,
      tables: 5,
      reason: expect.stringContaining('; proved 5 of 6 tables; money.t_index: '),
    })
    await bench.query('drop table money.t_index')
    expect((await ops.prove(id, {database: 'shop'})).reason).toContain('money.t_index: missing')
  })

  test('a comparison reads each table as it was read for the backup, whatever the path of the role is', async () => {
    const {entry} = await take(tableOf('index', UNSAFE['index'] ?? ''))
    await bench.query('alter role postgres set search_path = public')
    try {
      const proof = await bench.ops().prove(entry.id, {database: 'shop'})
      expect(proof).toMatchObject({ok: true, differences: []})
    } finally {
      await bench.query('alter role postgres reset search_path')
    }
  })
})

test('when the rows of a table really cannot be copied, that table is named', async () => {
  await bench.fill()
  // Copied as files, so that no page of it is in memory yet.
  await bench.query('alter database shop rename to shop_source; checkpoint', 'postgres')
  await bench.query('create database shop template shop_source strategy file_copy', 'postgres')
  await bench.query('drop database shop_source', 'postgres')
  const [relation] = await bench.query("select pg_relation_filepath('customers') as file")
  const file = await open(path.join(bench.server.dir, String(relation?.['file'])), 'r+')
  await file.write(Buffer.alloc(512, 0xa5), 0, 512, 3 * 8192 + 4096)
  await file.close()
  await expect(bench.ops().create()).rejects.toMatchObject({
    code: 'backup/failed',
    message: expect.stringContaining('customers'),
  })
})
