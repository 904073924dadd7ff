import {Client} from 'pg'
import {afterAll, beforeAll, expect, test} from 'vitest'
import restore from '../../../runbooks/restore.ts'
import restorePitr from '../../../runbooks/restore-pitr.ts'
import {type PhysicalBench, startPhysical} from '../../../test/servers/physical.ts'
import {walkRunbook, type Walked} from '../../../test/servers/walk-runbook.ts'
import {waitFor} from '../../lab/wait.ts'
import type {Runbook} from '../../runbooks/define.ts'
import type {Ops} from '../../runbooks/ops.ts'

let bench: PhysicalBench
beforeAll(async () => {
  bench = await startPhysical('shop')
  await query('CREATE DATABASE shop', 'postgres')
  await query('CREATE TABLE orders (id int PRIMARY KEY, total int)')
  await query('INSERT INTO orders SELECT i, i * 3 FROM generate_series(1, 1000) i')
  await bench.ops().create('regular', 'full')
}, 120_000)
afterAll(() => bench.stop())

async function query(sql: string, database = 'shop'): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({connectionString: bench.server.url.replace(/\/postgres$/, `/${database}`)})
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const walk = (runbook: unknown, params: Record<string, unknown>): Promise<Walked> => {
  const backup = (name?: string) => bench.ops({}, name === 'shop' ? 'shop' : 'cluster')
  const ops = {environment: {name: 'test', protected: false}, backup} as unknown as Ops
  return walkRunbook(runbook as Runbook, {params, ops})
}

test('a database of a moment is brought into the catalogue, and from there in the place of the live one', {
  timeout: 180_000,
}, async () => {
  const [newest] = await bench.ops().list()
  await waitFor(async () => Date.now() > (newest?.takenAt ?? 0) + 1000, {timeoutMs: 5000})
  await query('UPDATE orders SET total = total + 1 WHERE id <= 10; INSERT INTO orders VALUES (2000, 7)')
  const sum = 'SELECT count(*)::text AS count, sum(total)::text AS sum FROM orders'
  const [wanted] = await query(sum)
  const [clock] = await query('SELECT clock_timestamp()::text AS at')
  const at = String(clock?.['at'])
  await query('DELETE FROM orders WHERE id > 5')
  await query('SELECT pg_switch_wal()', 'postgres')
  expect(
    await waitFor(async () => (await bench.ops().recoveryPlan({to: at})).database === 'shop', {timeoutMs: 30_000}),
  ).toBe(true)

  const recovered = await walk(restorePitr, {backup: 'cluster', to: at, into: 'shop', keep: 'false'})
  expect(recovered, recovered.reason).toMatchObject({outcome: 'done', steps: {copy: 'done', remove: 'done'}})
  const id = String(recovered.saved['copy'])
  expect(recovered.afterwards.join('\n')).toContain(`opsconsole run restore -p backup=shop -p id=${id}`)
  const entry = await bench.ops({}, 'shop').pick({id})
  expect(entry).toMatchObject({
    state: 'good',
    safety: true,
    held: true,
    takenAt: Math.floor(Date.parse(at.replace(' ', 'T').replace(/\+00$/, 'Z'))),
  })

  const restored = await walk(restore, {backup: 'shop', id})
  expect(restored, restored.reason).toMatchObject({outcome: 'done', steps: {prove: 'done', swap: 'done'}})
  expect((await query(sum))[0]).toEqual(wanted)
})

test('a table comes from just before its DROP, which the log tells, into the catalogue alone, and from there back', {
  timeout: 180_000,
}, async () => {
  const [newest] = await bench.ops().list()
  await waitFor(async () => Date.now() > (newest?.takenAt ?? 0) + 1000, {timeoutMs: 5000})
  await query('CREATE TABLE ledger (id int PRIMARY KEY, what text); CREATE TABLE other (id int)')
  await query("INSERT INTO ledger SELECT i, 'entry ' || i FROM generate_series(1, 500) i; INSERT INTO other VALUES (1)")
  const sum = 'SELECT count(*)::int AS count, md5(string_agg(l::text, $$,$$ ORDER BY id)) AS sum FROM ledger l'
  const [wanted] = await query(sum)
  const at = String((await query('SELECT clock_timestamp()::text AS at'))[0]?.['at'])
  await query('DROP TABLE ledger; INSERT INTO other VALUES (2)')
  await query('SELECT pg_switch_wal()', 'postgres')
  expect(
    await waitFor(async () => (await bench.ops().recoveryPlan({to: at})).database === 'shop', {timeoutMs: 30_000}),
  ).toBe(true)
  await expect(bench.ops().recoveryPlan({to: at, table: 'ledger'})).rejects.toMatchObject({code: 'usage/arguments'})

  const recovered = await walk(restorePitr, {
    backup: 'cluster',
    before: 'drop',
    into: 'shop',
    keep: 'false',
    table: 'public.ledger',
  })
  expect(recovered, recovered.reason).toMatchObject({outcome: 'done', steps: {copy: 'done', remove: 'done'}})
  expect(recovered.saved['proof']).toMatch(/^1 tables, 500 rows read/)
  const id = String(recovered.saved['copy'])
  expect(recovered.afterwards.join('\n')).toContain(`-p backup=shop -p id=${id} -p table=public.ledger`)
  expect(await bench.ops({}, 'shop').pick({id})).toMatchObject({
    state: 'good',
    held: true,
    reason: expect.stringContaining('only public.ledger') as string,
  })

  // Never as a whole database, nor another table of it.
  await expect(walk(restore, {backup: 'shop', id})).rejects.toMatchObject({
    message: `backup ${id} has the rows of public.ledger alone`,
  })
  await expect(walk(restore, {backup: 'shop', id, table: 'public.other'})).rejects.toMatchObject({
    message: `backup ${id} has no rows of public.other`,
  })
  const restored = await walk(restore, {backup: 'shop', id, table: 'public.ledger', swap: true})
  expect(restored, restored.reason).toMatchObject({outcome: 'done', steps: {swap: 'done'}})
  expect((await query(sum))[0]).toEqual(wanted)
  expect(await query('SELECT id FROM other ORDER BY 1')).toEqual([{id: 1}, {id: 2}])

  const none = await walk(restorePitr, {backup: 'cluster', to: at, keep: 'false', table: 'public.lodger'})
  expect(none).toMatchObject({outcome: 'undone', reason: 'there is no table public.lodger at that moment'})
})

test('a backup of whole clusters takes no single database', async () => {
  const server = {directory: '/none', binaries: '/none', account: undefined, superuser: 'postgres'}
  await expect(bench.ops().createFrom({server, database: 'shop', shows: undefined})).rejects.toMatchObject({
    code: 'usage/arguments',
  })
})
