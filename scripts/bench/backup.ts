/**
 * Our backup (snapshot, measurements, manifest, digest, catalogue) against `pg_dump -Fc -Z0 | zstd -3 | age -r` of the same
 * half-compressible database, alternately in one run: the machine's speed drifts, the ratio does not.
 *
 *   node scripts/bench/backup.ts [--rounds N] [--megabytes N] [--json]
 */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {Client} from 'pg'
import {openCatalog} from '../../src/backups/catalog.ts'
import {backupSchema} from '../../src/backups/config.ts'
import {createBackup} from '../../src/backups/create.ts'
import {readConninfo} from '../../src/connections/postgres/conninfo.ts'
import {openPgdump} from '../../src/backups/methods/pgdump/pgdump.ts'
import type {BackupSource} from '../../src/backups/source.ts'
import {directoryStorage} from '../../src/backups/storage/dir/dir.ts'
import {databaseSchema} from '../../src/databases/config.ts'
import {systemClock} from '../../src/units/clock.ts'
import {startPostgres} from '../../test/servers/postgres.ts'

const {values: flags} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    megabytes: {type: 'string', default: '300'},
    json: {type: 'boolean', default: false},
  },
})

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN

async function fillDatabase(url: string, megabytes: number): Promise<void> {
  const client = new Client({connectionString: url})
  await client.connect()
  await client.query('CREATE DATABASE bench')
  await client.end()
  const bench = new Client({connectionString: url.replace(/\/postgres$/, '/bench')})
  bench.on('error', () => undefined)
  await bench.connect()
  // 500 bytes a row: half random (hex of md5), half words that repeat.
  const rows = Math.round((megabytes * 1_000_000) / 4 / 510)
  for (const table of ['users', 'documents', 'events', 'payments']) {
    await bench.query(`CREATE TABLE ${table} AS SELECT i AS id, now() - i * interval '1 second' AS at,
      (SELECT string_agg(md5(random()::text || i || g), '') FROM generate_series(1, 7) g) AS noise,
      repeat('the quick brown fox ' || (i % 100), 10) AS words FROM generate_series(1, ${rows}) i`)
    await bench.query(`ALTER TABLE ${table} ADD PRIMARY KEY (id)`)
  }
  await bench.query('VACUUM ANALYZE')
  await bench.query('CHECKPOINT')
  await bench.end()
}

function sourceAt(directory: string, url: string, recipient: string): BackupSource {
  return {
    backup: {
      ...backupSchema.parse({
        name: 'bench',
        database: 'bench',
        storage: {type: 'dir', path: directory},
        encryption: {recipients: [recipient]},
      }),
      environment: 'bench',
    },
    what: 'bench',
    database: {...databaseSchema.parse({name: 'bench', url}), environment: 'bench'},
    address: directory,
  }
}

const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-'))
const server = await startPostgres(['shared_buffers=256MB', 'max_wal_size=4GB'])
try {
  await fillDatabase(server.url, Number(flags.megabytes))
  const url = server.url.replace(/\/postgres$/, '/bench')
  const recipient = await identityToRecipient(await generateX25519Identity())
  const source = sourceAt(directory, url, recipient)
  const catalog = openCatalog(
    source,
    directoryStorage(
      {type: 'dir', path: directory},
      {
        folder: 'ours',
        secret: () => Promise.reject(new Error('a directory has no secret')),
      },
    ),
  )
  const connection = await readConninfo(url)
  const method = openPgdump({
    binaries: undefined,
    access: {
      live: async () => connection,
      admin: async () => connection,
      read: () => Promise.reject(new Error('nothing is asked here')),
    },
  })
  const tools = {
    signal: new AbortController().signal,
    clock: systemClock,
    log: () => undefined,
    progress: () => undefined,
    run: 'bench',
  }
  const shell: number[] = []
  const ours: number[] = []
  const sizes = {plain: 0, stored: 0, shell: 0}
  const output = path.join(directory, 'shell.age')
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    const begun = performance.now()
    execFileSync('bash', [
      '-c',
      `set -o pipefail; ${server.bin}/pg_dump -Fc -Z0 '${url}' | zstd -3 -q -c | age -r ${recipient} > ${output}`,
    ])
    shell.push(performance.now() - begun)
    sizes.shell = statSync(output).size
    const started = performance.now()
    const manifest = await createBackup({source, catalog, method, tools})
    ours.push(performance.now() - started)
    sizes.plain = manifest.plainBytes ?? 0
    sizes.stored = manifest.storedBytes
    await catalog.remove(manifest.id)
  }
  const ratio = median(ours.map((time, index) => time / (shell[index] ?? Number.NaN)))
  const report = {
    rounds: ours.length,
    shellMs: shell.map(Math.round),
    oursMs: ours.map(Math.round),
    medianShellMs: Math.round(median(shell)),
    medianOursMs: Math.round(median(ours)),
    ratio: Number(ratio.toFixed(3)),
    budget: 1.1,
    rssMb: Math.round(process.memoryUsage().rss / 1e6),
    ...sizes,
  }
  console.log(
    flags.json
      ? JSON.stringify(report)
      : `pipeline ${report.medianShellMs} ms, ours ${report.medianOursMs} ms, ratio ${report.ratio} (budget 1.1); ` +
          `dump ${sizes.plain} B, stored ${sizes.stored} B (pipeline ${sizes.shell} B), RSS ${report.rssMb} MB`,
  )
} finally {
  await server.stop()
  rmSync(directory, {recursive: true, force: true})
}
