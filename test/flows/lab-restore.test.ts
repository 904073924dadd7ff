import {readFileSync, truncateSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {generateIdentity} from 'age-encryption'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {withSuperuser} from '../../src/lab/parts/postgres.ts'
import {secretFile} from '../../src/lab/plan.ts'
import {listRunIds} from '../../src/store/runs/directory.ts'
import {expectSoundTrail, FLIPS, type LabProgram, startLabProgram} from '../program/lab-program.ts'
import type {Ended} from '../program/program.ts'

let shop: LabProgram
/** The newest good backup, taken before anything was damaged. */
let good: string
let otherKey: string
beforeAll(async () => {
  shop = await startLabProgram({rps: 0})
  otherKey = `${await generateIdentity()}\n`
}, 180_000)
afterAll(() => shop.stop(), 120_000)

const query = (sql: string): Promise<readonly Record<string, unknown>[]> =>
  withSuperuser(shop.lab.plan, 'shop', async client => (await client.query<Record<string, unknown>>(sql)).rows)

/** Every table with its number of rows and a checksum over them; but for the one that the instances write by themselves. */
async function tables(): Promise<Readonly<Record<string, string>>> {
  const names = await query(`select relname as name from pg_class join pg_namespace n on n.oid = relnamespace
    where relkind = 'r' and nspname = 'public' and relname <> 'heartbeat' order by relname`)
  const all = names.map(async ({name}) => {
    const [row] = await query(
      `select count(*) as rows, md5(coalesce(string_agg(t::text, e'\\n' order by t::text), '')) as sum from "${String(name)}" t`,
    )
    return [String(name), `${String(row?.['rows'])} rows, ${String(row?.['sum'])}`] as const
  })
  return Object.fromEntries(await Promise.all(all))
}

const databases = async (): Promise<readonly unknown[]> =>
  (await query('select datname from pg_database order by 1')).map(row => row['datname'])

interface Catalogue {
  readonly location: string
  readonly entries: readonly {readonly id: string; readonly state: string}[]
}
async function catalogue(): Promise<Catalogue> {
  const {stdout} = await shop.program.run('backup', 'list', '--json')
  return (JSON.parse(stdout) as Catalogue[])[0] as Catalogue
}

const takeBackup = async (): Promise<string> => {
  const ended = await shop.unattended('backup')
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  return (await catalogue()).entries[0]?.id as string
}
const restore = (...args: string[]): Promise<Ended> => shop.unattended('restore', '--confirm', 'shop', ...args)

test('backup, damage, restore: every table has the rows and the checksum it had', async () => {
  good = await takeBackup()
  const before = await tables()
  expect(Object.keys(before).length).toBeGreaterThan(4)
  await query('delete from order_items where order_id % 3 = 0')
  await query(`update products set price_cents = price_cents + 1 where id < 100`)
  await query('drop table customers cascade')
  expect(await tables()).not.toEqual(before)
  const ended = await restore()
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  expect(await tables()).toEqual(before)
  // The shop serves from it again.
  expect((await fetch(`${shop.lab.urls.web}/products?page=1`)).status).toBe(200)
}, 180_000)

test('a restore that is confirmed for the environment only is refused, and nothing is touched', async () => {
  const before = {tables: await tables(), databases: await databases()}
  const ended = await shop.unattended('restore')
  expect({code: ended.code, said: (ended.stderr + ended.stdout).includes('shop')}).toEqual({code: 7, said: true})
  expect({tables: await tables(), databases: await databases()}).toEqual(before)
}, 120_000)

describe('a backup that cannot be used is refused by name before anything is touched', () => {
  const damages: readonly [string, string, (file: string) => () => void][] = [
    ['truncated', 'truncated', cutOff],
    ['bit-flipped', 'altered', flipOneBit],
    ['wrongly keyed', 'wrongly keyed', withWrongKey],
  ]
  test.each(damages)(
    '%s',
    async (_title, why, damage) => {
      const id = await takeBackup()
      const before = {tables: await tables(), databases: await databases()}
      const fix = damage(path.join((await catalogue()).location, `${id}.dump.zst.age`))
      const ended = await restore('-p', `id=${id}`)
      fix()
      const said = ended.stdout + ended.stderr
      expect(ended.code, said).toBe(1)
      expect(said).toContain(`backup ${id} is ${why}`)
      // A wrong key is known from the first bytes, which the plan reads; damage only by reading the backup completely.
      expect(said.match(/^▶ .*/gm)).toEqual(why === 'wrongly keyed' ? null : [`▶ Read backup ${id} completely`])
      expect({tables: await tables(), databases: await databases()}).toEqual(before)
    },
    180_000,
  )

  test('and the newest usable one is taken instead of a damaged one that is known', async () => {
    const {stdout} = await shop.program.run('plan', 'restore', '--json')
    const {facts} = JSON.parse(stdout) as {facts: {chosen: {id: string; state: string}}}
    const {entries} = await catalogue()
    expect(entries.filter(entry => entry.state === 'damaged').map(entry => entry.id)).not.toContain(facts.chosen.id)
    expect(entries.map(entry => entry.id)).toContain(good)
  })
})

const cannotBeMended = (): void => {}

function cutOff(file: string): () => void {
  truncateSync(file, Math.floor(readFileSync(file).length * 0.6))
  return cannotBeMended
}

function flipOneBit(file: string): () => void {
  const bytes = readFileSync(file)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] as number) ^ 1
  writeFileSync(file, bytes)
  return cannotBeMended
}

function withWrongKey(): () => void {
  const file = secretFile(shop.lab.plan.dir, 'backup-key')
  const key = readFileSync(file)
  writeFileSync(file, otherKey)
  return () => writeFileSync(file, key)
}
test('dr-drill prints RTO, RPO, their targets and the verdict; the report stands beside the run', async () => {
  const ended = await shop.unattended('dr-drill')
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  expect(ended.stdout).toMatch(/PASSED: RTO \S+( \S+)? of 5m, RPO \S+( \S+)? of 1h;/)
  const run = listRunIds(shop.program.stateDir).at(-1) as string
  const report = path.join(shop.program.stateDir, 'runs', run, 'report')
  const markdown = readFileSync(`${report}.md`, 'utf8')
  for (const wanted of ['**PASSED**', '| RTO |', '| RPO |', 'RTO = ', 'RPO = ']) expect(markdown).toContain(wanted)
  const json = JSON.parse(readFileSync(`${report}.json`, 'utf8')) as Record<string, unknown>
  expect(JSON.stringify(json)).toMatch(/"rtoMs":\d+/)
  expect(JSON.stringify(json)).toContain('"targets":{"rtoMs":300000,"rpoMs":3600000}')
  const {stdout} = await shop.program.run('drill', 'report')
  expect(stdout).toContain('PASSED')
}, 180_000)

test(`the trail of all this verifies, and a flipped byte is found and named (${FLIPS})`, () =>
  expectSoundTrail(shop.program))
