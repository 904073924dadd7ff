import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {backupSchema} from '../../config.ts'
import {type BackupOps, loadBackupOps} from '../../ops.ts'
import type {BackupsConfig} from '../../source.ts'
import backupRunbook from '../../../../runbooks/backup.ts'
import drill from '../../../../runbooks/dr-drill.ts'
import restore from '../../../../runbooks/restore.ts'
import {benchTools} from '../../../../test/servers/bench-tools.ts'
import {walkRunbook} from '../../../../test/servers/walk-runbook.ts'
import type {Ops} from '../../../runbooks/ops.ts'

const create = await loadBackupOps()
let root: string
let identity: string
let recipient: string
let home: string
const live = (): string => path.join(home, 'counter.db')
const acts: string[] = []

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-sqlite-'))
  identity = await generateX25519Identity()
  recipient = await identityToRecipient(identity)
})
afterAll(() => rmSync(root, {recursive: true, force: true}))
beforeEach(() => {
  home = mkdtempSync(path.join(root, 'app-'))
  mkdirSync(path.join(home, 'backups'))
})

function configOf(changes: Record<string, unknown> = {}): BackupsConfig {
  const backup = backupSchema.parse({
    name: 'counter',
    method: 'sqlite',
    sqlite: {file: live(), wait: '2s'},
    storage: {type: 'dir', path: path.join(home, 'backups')},
    encryption: {recipients: [recipient], identity},
    checks: [{name: 'there are counts', query: 'SELECT count(*) > 0 FROM counts', expect: '1'}],
    ...changes,
  })
  return {backups: [{...backup, environment: 'production'}], databases: []}
}
const opsOf = (changes?: Record<string, unknown>): BackupOps => create(configOf(changes), benchTools(acts), 'counter')

function fill(journal: 'WAL' | 'DELETE', rows = 3000): void {
  const database = new DatabaseSync(live())
  database.exec(`PRAGMA journal_mode = ${journal};
    CREATE TABLE counts (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n REAL, raw BLOB);
    CREATE TABLE parts (id INTEGER PRIMARY KEY, count INTEGER REFERENCES counts, day TEXT) WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5(text);
    CREATE INDEX by_day ON parts (day);
    CREATE VIEW busy AS SELECT day, count(*) FROM parts GROUP BY 1;
    WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ${rows})
      INSERT INTO counts SELECT n, 'name ' || n, n / 3.0, randomblob(200) FROM i;
    INSERT INTO parts SELECT id, id, date('2026-01-01', id || ' days') FROM counts;
    PRAGMA foreign_keys = OFF;
    INSERT INTO parts VALUES (99999, 123456, '2026-02-02');
    INSERT INTO words VALUES ('one two three');
    INSERT INTO counts VALUES (9007199254740993, 'größer', -0.0, NULL)`)
  database.close()
}

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** A process that writes a row in each transaction until it is ended; the sum of both columns is always 0. */
async function startWriter(file: string): Promise<{stop(): Promise<void>}> {
  const code = `const {DatabaseSync} = require('node:sqlite')
    const d = new DatabaseSync(process.argv[1], {timeout: 60000})
    d.exec('CREATE TABLE IF NOT EXISTS pairs (a INTEGER, b INTEGER, fill BLOB)')
    const left = d.prepare('INSERT INTO pairs VALUES (?, 0, randomblob(3000))'), right = d.prepare('INSERT INTO pairs VALUES (0, ?, randomblob(3000))')
    let n = 0
    const work = () => { for (let i = 0; i < 5; i++) { n++; d.exec('BEGIN IMMEDIATE'); left.run(n); right.run(-n); d.exec('COMMIT') }
      if (n === 5) console.log('writing'); setTimeout(work, 15) }
    work()`
  const child = spawn(process.execPath, ['-e', code, file], {stdio: ['ignore', 'pipe', 'inherit']})
  await once(child.stdout, 'data')
  return {
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

describe('a backup of a SQLite file', () => {
  test.each(['WAL', 'DELETE'] as const)('in journal mode %s is restored with every table equal', async journal => {
    fill(journal)
    const before = digestOf(live())
    const ops = opsOf()
    await ops.requireReady('backup')
    const entry = await ops.create()
    expect(await ops.requireSound(entry.id)).toMatchObject({ok: true, level: 'full'})
    expect(digestOf(live())).toBe(before)
    expect(acts.at(-2)).toMatch(/^cat .*counter\.db .*\| zstd -3 \| age -r age1.* > .*\/ID\.sqlite\.zst\.age$/)
    expect((await ops.list())[0]).toMatchObject({state: 'good', encrypted: true, databaseBytes: statSync(live()).size})

    const names = ops.swapNames('counter.db', 'r-1')
    const place = {database: names.restored}
    await ops.requireFit(entry.id, {globals: false})
    await ops.restore(entry.id, place)
    expect(digestOf(path.join(home, names.restored))).toBe(before)
    const proof = await ops.requireEqual(entry.id, place)
    expect(proof.reason).toMatch(/^integrity_check ok, \d+ tables, \d+ rows, 1 checks: equal to the backup$/)
    await ops.analyze(place)
    const wrote = new DatabaseSync(live())
    wrote.exec('PRAGMA foreign_keys = OFF; DELETE FROM counts')
    wrote.close()
    expect(await ops.swapState(names)).toBe('not yet')
    await ops.swap(names)
    expect(await ops.swapState(names)).toBe('swapped')
    expect(digestOf(live())).toBe(before)
    await ops.firstWrite({database: 'counter.db'})
    expect(ops.removeKept(names)).toBe(`rm ${path.join(home, names.kept)}`)
    await ops.swapBack(names)
    expect(await ops.swapState(names)).toBe('not yet')
    await ops.dropCopy(place)
    expect(readdirSync(home).sort()).toEqual(['backups', 'counter.db'])
  })

  test.each(['WAL', 'DELETE'] as const)(
    'that is being written to (%s) shows one moment of it',
    async journal => {
      fill(journal, 6000)
      const writer = await startWriter(live())
      try {
        const ops = opsOf({checks: [{name: 'pairs', query: 'SELECT sum(a) + sum(b) FROM pairs', expect: '0'}]})
        for (let round = 1; round <= 3; round += 1) {
          const entry = await ops.create()
          await ops.requireSound(entry.id)
          const place = {database: `counter.db_restore_${round}`}
          await ops.restore(entry.id, place)
          await ops.requireEqual(entry.id, place)
          await ops.dropCopy(place)
        }
      } finally {
        await writer.stop()
      }
    },
    120_000,
  )

  test('with a copy that differs afterwards is not called equal', async () => {
    fill('WAL')
    const ops = opsOf()
    const entry = await ops.create()
    const place = {database: 'copy.db'}
    await ops.restore(entry.id, place)
    for (const [change, word] of [
      ["UPDATE counts SET name = 'other' WHERE id = 1", 'counts: 3001 rows, but other content'],
      ['DELETE FROM parts WHERE id = 7', 'parts: 3000 rows instead of 3001'],
      ['DROP VIEW busy', 'sqlite_schema'],
      ['CREATE TABLE surplus (id)', 'surplus: not in the backup'],
      ['DELETE FROM counts', 'there are counts: 0 instead of 1'],
    ] as const) {
      const copy = new DatabaseSync(path.join(home, 'copy.db'))
      copy.exec(`PRAGMA foreign_keys = OFF; ${change}`)
      copy.close()
      const proof = await ops.prove(entry.id, place)
      expect(proof.ok).toBe(false)
      const {differences, checks} = proof
      const said = [
        ...differences.map(({table, reason}) => `${table}: ${reason}`),
        ...checks.map(({name, reason}) => `${name}: ${reason}`),
      ]
      expect(said.join('; ')).toContain(word)
    }
  })

  test('is drilled in a directory of its own, which is removed', async () => {
    fill('DELETE')
    const ops = opsOf()
    const entry = await ops.create()
    const server = await ops.planScratch(entry.id)
    await ops.startScratch(entry.id, server)
    expect(statSync(server.directory).mode & 0o777).toBe(0o700)
    const place = {database: live(), scratch: server}
    await ops.restore(entry.id, place)
    await ops.firstWrite(place)
    expect(await ops.prove(entry.id, place)).toMatchObject({ok: true})
    expect(await ops.drillWorld(entry.id, server)).toMatchObject({differs: [], real: live()})
    await ops.removeScratch(server)
    expect(readdirSync(tmpdir())).not.toContain(path.basename(server.directory))
    expect((await ops.list())[0]?.restoreTestedAt).toBeTypeOf('number')
  })

  test('goes through the runbooks: taken, drilled, restored in the place of what was lost', async () => {
    fill('WAL')
    const before = digestOf(live())
    const ops = {environment: {name: 'production', protected: false}, backup: () => opsOf()} as unknown as Ops
    expect(await walkRunbook(backupRunbook, {params: {}, ops})).toMatchObject({outcome: 'done', reason: ''})
    expect(await walkRunbook(drill, {params: {}, ops})).toMatchObject({outcome: 'done', saved: {drill: {ok: true}}})
    const lost = new DatabaseSync(live())
    lost.exec('PRAGMA foreign_keys = OFF; DELETE FROM counts')
    lost.close()
    const walked = await walkRunbook(restore, {params: {}, ops})
    expect(walked).toMatchObject({outcome: 'done', reason: ''})
    expect(walked.steps).toMatchObject({safety: 'done', swap: 'done', answer: 'done'})
    expect(walked.afterwards[0]).toBe(
      `The file as it was is kept as counter.db_before_walk. When nobody misses anything in it: rm ${path.join(home, 'counter.db_before_walk')}`,
    )
    const restored = new DatabaseSync(live(), {readOnly: true})
    expect(restored.prepare('SELECT count(*) AS n FROM counts').get()).toEqual({n: 3001})
    restored.close()
    expect(digestOf(live())).not.toBe(before)
    rmSync(live())
    const again = await walkRunbook(restore, {params: {}, ops})
    expect(again).toMatchObject({outcome: 'done', reason: '', steps: {install: 'done'}})
    expect(readdirSync(home).sort()).toEqual(['backups', 'counter.db', 'counter.db_before_walk'])
  }, 120_000)

  test('that was damaged is named by its fault, and nothing is restored from it', async () => {
    fill('WAL')
    const ops = opsOf()
    const {id} = await ops.create()
    const file = path.join(home, 'backups', 'production', 'counter', `${id}.sqlite.zst.age`)
    const whole = readFileSync(file)
    truncateSync(file, whole.length - 100)
    expect(await ops.verify(id)).toMatchObject({ok: false, fault: 'truncated'})
    writeFileSync(
      file,
      Buffer.concat([whole.subarray(0, 5000), Buffer.from([0xff ^ (whole[5000] ?? 0)]), whole.subarray(5001)]),
    )
    expect(await ops.verify(id)).toMatchObject({ok: false, fault: 'altered'})
    rmSync(file)
    expect(await ops.verify(id)).toMatchObject({ok: false, fault: 'missing'})
    writeFileSync(file, whole)
    const stranger = opsOf({encryption: {recipients: [recipient], identity: await generateX25519Identity()}})
    await expect(stranger.requireReady('restore', id)).rejects.toThrow('is wrongly keyed')
  })

  test('comes back on a bare machine with age, zstd and sqlite3', async () => {
    fill('WAL')
    const {id} = await opsOf().create()
    const folder = path.join(home, 'backups', 'production', 'counter')
    writeFileSync(path.join(home, 'age-identity'), identity, {mode: 0o600})
    const documented = /```sh\n# A SQLite file\n([^`]*)```/.exec(readFileSync('docs/backups.md', 'utf8'))?.[1]
    const output = execFileSync('sh', ['-ec', documented ?? 'exit 9'], {
      cwd: folder,
      env: {PATH: process.env['PATH'], ID: id, KEYS: home, FILE: path.join(home, 'bare.db')},
      encoding: 'utf8',
    })
    expect(output).toContain('ok')
    expect(digestOf(path.join(home, 'bare.db'))).toBe(digestOf(live()))
  })
})

describe('refused with its reason, and nothing is left behind', () => {
  test.each([
    ['no such file', () => undefined, 'there is no file'],
    ['another file', () => writeFileSync(live(), 'just some text, longer than a header'), 'is no SQLite file'],
    ['an empty file', () => writeFileSync(live(), ''), 'is empty'],
  ])('%s', async (_name, make, reason) => {
    make()
    await expect(opsOf().requireReady('backup')).rejects.toThrow(reason)
    await expect(opsOf().create()).rejects.toThrow(reason)
    expect(await opsOf().list()).toEqual([])
  })

  test('a damaged one', async () => {
    fill('DELETE')
    const bytes = readFileSync(live())
    bytes.fill(0xaa, 4096 * 20, 4096 * 24)
    writeFileSync(live(), bytes)
    await expect(opsOf().create()).rejects.toThrow('is damaged')
    expect(await opsOf().list()).toEqual([])
  })

  test('one that another process keeps locked', async () => {
    fill('DELETE')
    const holder = new DatabaseSync(live())
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    try {
      await expect(opsOf({sqlite: {file: live(), wait: '300ms'}}).create()).rejects.toThrow(
        'another process keeps it locked',
      )
    } finally {
      holder.close()
    }
    expect(await opsOf().list()).toEqual([])
  })

  test('a swap under a service that has it open, and a copy over the live file', async () => {
    fill('WAL')
    const ops = opsOf()
    const {id} = await ops.create()
    const names = ops.swapNames('counter.db', 'r-2')
    await ops.restore(id, {database: names.restored})
    const writer = await startWriter(live())
    try {
      await expect(ops.requireFit(id, {globals: false})).rejects.toThrow(/counter\.db is open in .* \(pid \d+\)/)
      await expect(ops.swap(names)).rejects.toThrow(/nothing was swapped: counter\.db is open in/)
      expect(await ops.swapState(names)).toBe('not yet')
    } finally {
      await writer.stop()
    }
    await expect(ops.dropCopy({database: 'counter.db'})).rejects.toThrow('is the live file')
    await expect(ops.restore(id, {database: 'counter.db'})).rejects.toThrow('is the live file')
    expect(statSync(live()).size).toBeGreaterThan(0)
  })

  test('a manifest of another method under the same name', async () => {
    fill('WAL')
    await opsOf().create()
    const other = configOf({method: 'pgdump', database: 'shop', sqlite: undefined})
    const database = {name: 'shop', environment: 'production', url: 'postgres://none/shop'}
    const config = {...other, databases: [database as BackupsConfig['databases'][number]]}
    const [entry] = await create(config, benchTools(acts), 'counter').list()
    expect(entry).toMatchObject({state: 'damaged', reason: expect.stringContaining('method sqlite') as string})
  })
})
