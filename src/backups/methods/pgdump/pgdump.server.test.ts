import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {readFile, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateX25519Identity} from 'age-encryption'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../../../../test/servers/backup-bench.ts'
import {OpsError} from '../../../errors.ts'

let bench: BackupBench
beforeAll(async () => {
  bench = await startBackupBench()
  await bench.fill()
}, 60_000)
afterAll(() => bench.stop())

const storedFile = (id: string): string => path.join(bench.ops().location, `${id}.dump.zst.age`)

async function refusal(work: Promise<unknown>): Promise<OpsError> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof OpsError) return outcome
  throw new Error(`expected an OpsError, got ${String(outcome)}`)
}

describe('a backup', () => {
  test('is good once it was read completely, and its manifest says what is in it', async () => {
    const ops = bench.ops()
    const entry = await ops.create()
    expect(entry.state).toBe('unchecked')
    expect(await ops.verify(entry.id)).toMatchObject({ok: true, level: 'full', fault: undefined})
    const [listed] = await ops.list()
    expect(listed).toMatchObject({id: entry.id, state: 'good', run: 'r-test-0001', encrypted: true, held: false})
    const text = await readFile(path.join(ops.location, `${entry.id}.manifest.json`), 'utf8')
    expect(text).toContain('"name": "customers"')
    expect(text).toContain('"rows": 2000')
    expect(text).toMatch(/"plainBytes": [1-9]/)
  })

  test('opens with the age and zstd of the distribution and with pg_restore', async () => {
    const entry = await bench.ops().create()
    const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-age-'))
    try {
      const key = path.join(directory, 'key')
      writeFileSync(key, `${bench.identity}\n`, {mode: 0o600})
      const sql = execFileSync(
        'bash',
        [
          '-c',
          'set -o pipefail; age -d -i "$1" "$2" | zstd -d -c | "$3/pg_restore" -f -',
          'bash',
          key,
          storedFile(entry.id),
          bench.server.bin,
        ],
        {maxBuffer: 1e8},
      ).toString()
      expect(sql).toContain('COPY public.customers')
      expect(sql).toContain('name 2000')
    } finally {
      rmSync(directory, {recursive: true})
    }
  })

  test('never shows the password in a command line, and leaves no plain file', async () => {
    bench.acts.length = 0
    const entry = await bench.ops().create()
    expect(bench.acts.join(' ')).toContain('pg_dump --format=custom --compress=0')
    const files = readdirSync(bench.ops().location).filter(name => name.startsWith(entry.id))
    expect(files.sort()).toEqual(
      ['dump.zst.age', 'globals.sql.age', 'manifest.json'].map(ending => `${entry.id}.${ending}`),
    )
    const bytes = await readFile(storedFile(entry.id))
    expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1')
    expect(bytes.includes('name 1')).toBe(false)
  })

  test('that is interrupted leaves nothing that is listed as good', async () => {
    const own = new AbortController()
    const before = await bench.ops().list()
    const making = bench.ops({
      signal: own.signal,
      act: (_, change) => change(own.signal),
      log: () => own.abort(new OpsError('cancelled/interrupted', 'stopped')),
    })
    expect((await refusal(making.create())).code).toBe('cancelled/interrupted')
    expect(await bench.ops().list()).toEqual(before)
  })

  test('that breaks half-way is refused with the reason and removed', async () => {
    const before = (await bench.ops().list()).length
    // Tables come in the order of their names: rows of all the others are already in the stream when this one is refused.
    await bench.query(`CREATE TABLE zz_breaks (id int) ; ALTER TABLE zz_breaks ENABLE ROW LEVEL SECURITY;
      ALTER TABLE zz_breaks FORCE ROW LEVEL SECURITY; CREATE ROLE weak LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO weak;
      GRANT CONNECT ON DATABASE shop TO weak`)
    try {
      const config = bench.configured({})
      const weak = {
        ...config,
        databases: config.databases.map(database => ({
          ...database,
          url: bench.server.url.replace('postgres@', 'weak@').replace(/\/postgres$/, '/shop'),
          adminUrl: undefined as never,
        })),
      }
      const error = await refusal(bench.ops({}, weak).create())
      expect(error.code).toBe('backup/failed')
      expect(await bench.ops().list()).toHaveLength(before)
    } finally {
      await bench.query('DROP TABLE zz_breaks; DROP OWNED BY weak; DROP ROLE weak')
    }
  })

  test('whose pg_dump is killed half-way is refused and removed', async () => {
    const binaries = mkdtempSync(path.join(tmpdir(), 'opsconsole-killed-'))
    try {
      const real = path.join(bench.server.bin, 'pg_dump')
      const script = `#!/bin/sh\n[ "$1" = --version ] && exec ${real} --version\n${real} "$@" | head -c 50000\nkill -9 $$\n`
      writeFileSync(path.join(binaries, 'pg_dump'), script, {mode: 0o755})
      const before = await bench.ops().list()
      const error = await refusal(bench.ops({}, bench.configured({drill: {binaries}})).create())
      expect(error.code).toBe('backup/failed')
      expect(error.message).toContain('pg_dump was killed by SIGKILL')
      expect(await bench.ops().list()).toEqual(before)
    } finally {
      rmSync(binaries, {recursive: true})
    }
  })

  test('is not called damaged because somebody killed the program that read it', async () => {
    const entry = await bench.ops().create()
    const binaries = mkdtempSync(path.join(tmpdir(), 'opsconsole-killed-'))
    try {
      writeFileSync(path.join(binaries, 'pg_restore'), '#!/bin/sh\nkill -9 $$\n', {mode: 0o755})
      const error = await refusal(bench.ops({}, bench.configured({drill: {binaries}})).verify(entry.id))
      expect(error.message).toContain('pg_restore was killed by SIGKILL')
      expect((await bench.ops().list()).find(({id}) => id === entry.id)).toMatchObject({state: 'unchecked'})
    } finally {
      rmSync(binaries, {recursive: true})
    }
  })

  test('without its manifest is incomplete, whatever else is there', async () => {
    const entry = await bench.ops().create()
    rmSync(path.join(bench.ops().location, `${entry.id}.manifest.json`))
    const found = (await bench.ops().list()).find(candidate => candidate.id === entry.id)
    expect(found).toMatchObject({state: 'incomplete'})
    expect(found?.reason).toContain('no manifest')
    writeFileSync(path.join(bench.ops().location, '20200101-000000-abcd.dump.zst.age.partial'), 'half')
    const half = (await bench.ops().list()).find(candidate => candidate.id === '20200101-000000-abcd')
    expect(half).toMatchObject({state: 'incomplete', storedBytes: 4})
  })
})

describe('a damaged backup is named before anything is touched:', () => {
  async function damaged(change: (file: string, bytes: Buffer) => Promise<void>): Promise<OpsError> {
    const ops = bench.ops()
    const entry = await ops.create()
    await change(storedFile(entry.id), await readFile(storedFile(entry.id)))
    const error = await refusal(ops.requireSound(entry.id))
    expect(error.code).toBe('backup/damaged')
    expect((await ops.list()).find(candidate => candidate.id === entry.id)?.state).toBe('damaged')
    return error
  }

  test('truncated', async () => {
    for (const share of [0, 0.5, 0.999]) {
      const error = await damaged((file, bytes) => writeFile(file, bytes.subarray(0, Math.floor(bytes.length * share))))
      expect(error.message).toContain('is truncated')
    }
  })

  test('with a flipped bit, wherever it is', async () => {
    for (const share of [0, 0.001, 0.3, 0.7, 0.9999]) {
      const error = await damaged(async (file, bytes) => {
        const at = Math.floor((bytes.length - 1) * share)
        bytes[at] = (bytes[at] ?? 0) ^ 4
        await writeFile(file, bytes)
      })
      expect(error.message).toContain('is altered')
    }
  })

  test('missing', async () => {
    const error = await damaged(async file => rmSync(file))
    expect(error.message).toContain('is missing')
  })

  test('wrongly keyed', async () => {
    const entry = await bench.ops().create()
    const {recipients} = bench.config.backups[0]?.encryption ?? {recipients: []}
    const other = bench.configured({encryption: {recipients, identity: await generateX25519Identity()}})
    const error = await refusal(bench.ops({}, other).requireSound(entry.id))
    expect(error.message).toContain('is wrongly keyed')
    // The identity is wrong, not the backup: nothing about it is recorded.
    expect((await bench.ops().list()).find(({id}) => id === entry.id)).toMatchObject({state: 'unchecked'})
    expect(await bench.ops().verify(entry.id)).toMatchObject({ok: true})
    await bench.ops({}, other).verify(entry.id)
    expect((await bench.ops().list()).find(({id}) => id === entry.id)).toMatchObject({state: 'good'})
  })

  test('with an altered manifest', async () => {
    const entry = await bench.ops().create()
    const file = path.join(bench.ops().location, `${entry.id}.manifest.json`)
    await writeFile(file, (await readFile(file, 'utf8')).replace('"rows": 2000', '"rows": 1999'))
    const error = await refusal(bench.ops().requireSound(entry.id))
    expect(error.message).toContain('the manifest was altered')
    expect((await bench.ops().list()).find(candidate => candidate.id === entry.id)?.state).toBe('damaged')
  })

  test('of another environment, copied here', async () => {
    const entry = await bench.ops().create()
    const config = bench.configured({name: 'other'})
    const from = bench.ops().location
    const to = bench.ops({}, config).location
    execFileSync('cp', ['-r', from, to])
    const error = await refusal(bench.ops({}, config).requireSound(entry.id))
    expect(error.message).toContain('the manifest is of production/shop')
  })
})
