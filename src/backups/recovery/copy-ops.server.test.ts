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

test('a backup of whole clusters takes no single database', async () => {
  const server = {directory: '/none', binaries: '/none', account: undefined, superuser: 'postgres'}
  await expect(bench.ops().createFrom({server, database: 'shop', shows: undefined})).rejects.toMatchObject({
    code: 'usage/arguments',
  })
})
