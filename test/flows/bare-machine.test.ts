import {execFile} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../servers/backup-bench.ts'
import {type PostgresServer, startPostgres} from '../servers/postgres.ts'
import {makeSigner} from '../servers/signer.ts'

let bench: BackupBench
let other: PostgresServer
let directory: string
let id: string
beforeAll(async () => {
  ;[bench, other] = await Promise.all([startBackupBench(), startPostgres()])
  await bench.fill()
  directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-bare-'))
  id = (await bench.ops({}, bench.configured({signing: makeSigner(directory)})).create()).id
}, 120_000)
afterAll(async () => {
  await Promise.all([bench.stop(), other.stop()])
  rmSync(directory, {recursive: true, force: true})
})

/** The commands of docs/backups.md, as they stand there. */
function documented(): string {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/backups.md'), 'utf8')
  return /## On a bare machine[\s\S]*?```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
}

test('a backup comes back on a bare machine by the documented commands alone, without this program', {
  timeout: 60_000,
}, async () => {
  expect(documented()).toContain('pg_restore')
  writeFileSync(path.join(directory, 'age-identity'), `${bench.identity}\n`)
  const {stdout} = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', documented()], {
    cwd: path.join(bench.directory, 'production/shop'),
    env: {
      PATH: `${other.bin}:/usr/bin:/bin`,
      ID: id,
      KEYS: directory,
      PGHOST: '127.0.0.1',
      PGPORT: String(other.port),
      PGUSER: 'postgres',
    },
  })
  expect(stdout).toContain('Good "opsconsole-backup@1" signature for opsconsole')
  const ask = async (url: string): Promise<string> => {
    const sql =
      "select count(*), sum(total), md5(string_agg(id || ':' || customer, ',' order by id)) from orders; select relowner::regrole from pg_class where relname = 'orders'"
    return (await promisify(execFile)(path.join(other.bin, 'psql'), ['-X', '-At', '-c', sql, url])).stdout
  }
  const there = await ask(other.url.replace(/\/postgres$/, '/shop'))
  expect(there).toBe(await ask(bench.server.url.replace(/\/postgres$/, '/shop')))
  expect(there).toContain('shop_app')
})
