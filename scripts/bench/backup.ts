/**
 * Our backup (snapshot, measurements of every table, globals, manifest, digest, catalogue) against
 * `pg_dump -Fc -Z0 | zstd -3 | age -r` of the same half-compressible database, and its restore (digest taken again) against
 * `age -d | zstd -d | pg_restore`, alternately in one run: the machine's speed drifts, the ratios do not. Beside the wall
 * clock stands the CPU of everything that took part: our process, the programs, the sessions of the server. `proof` is what
 * reading every table for its checksum costs the server, which the pipeline does not do.
 *
 *   node scripts/bench/backup.ts [--rounds N] [--megabytes N] [--json]
 *   node scripts/bench/backup.ts --memory 500,1000,2000,5000    only: the most memory of the program (dist/) for such databases
 */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {Client} from 'pg'
import {openCatalog} from '../../src/backups/catalog.ts'
import {backupSchema} from '../../src/backups/config.ts'
import {createBackup} from '../../src/backups/create.ts'
import {openPgdump} from '../../src/backups/methods/pgdump/pgdump.ts'
import {restoreInto} from '../../src/backups/restore.ts'
import type {BackupSource} from '../../src/backups/source.ts'
import {directoryStorage} from '../../src/backups/storage/dir/dir.ts'
import {readConninfo} from '../../src/connections/postgres/conninfo.ts'
import {databaseSchema} from '../../src/databases/config.ts'
import {systemClock} from '../../src/units/clock.ts'
import {startPostgres} from '../../test/servers/postgres.ts'
import {type Cost, costOf, peakMemoryOf, type Work} from './process-cost.ts'

const {values: flags} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    megabytes: {type: 'string', default: '300'},
    memory: {type: 'string'},
    json: {type: 'boolean', default: false},
  },
})
const ROOT = path.resolve(import.meta.dirname, '../..')
const BUDGET = {wall: 1.1, memoryMb: 150}

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({connectionString: url})
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function fillDatabase(adminUrl: string, url: string, megabytes: number): Promise<void> {
  await query(adminUrl, 'DROP DATABASE IF EXISTS bench')
  await query(adminUrl, 'CREATE DATABASE bench')
  // 500 bytes a row: half random (hex of md5), half words that repeat.
  const rows = Math.round((megabytes * 1_000_000) / 4 / 510)
  for (const table of ['users', 'documents', 'events', 'payments']) {
    await query(
      url,
      `CREATE TABLE ${table} AS SELECT i AS id, now() - i * interval '1 second' AS at,
      (SELECT string_agg(md5(random()::text || i || g), '') FROM generate_series(1, 7) g) AS noise,
      repeat('the quick brown fox ' || (i % 100), 10) AS words FROM generate_series(1, ${rows}) i`,
    )
    await query(url, `ALTER TABLE ${table} ADD PRIMARY KEY (id)`)
  }
  await query(url, 'VACUUM ANALYZE')
  await query(url, 'CHECKPOINT')
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

interface Sides {
  readonly shell: Cost[]
  readonly ours: Cost[]
}

/** Ours against theirs: the median of the rounds, each with its neighbour. */
function reportOf({shell, ours}: Sides) {
  const ratio = (of: (cost: Cost) => number): number =>
    Number(median(ours.map((cost, round) => of(cost) / of(shell[round] ?? cost))).toFixed(3))
  const middle = (costs: readonly Cost[]) =>
    Object.fromEntries(
      (['wall', 'cpu', 'own', 'programs', 'server'] as const).map(what => [
        what,
        Math.round(median(costs.map(cost => cost[what]))),
      ]),
    )
  return {
    wallRatio: ratio(({wall}) => wall),
    cpuRatio: ratio(({cpu}) => cpu),
    shell: middle(shell),
    ours: middle(ours),
  }
}

interface Report {
  readonly rounds: number
  readonly budget: typeof BUDGET
  readonly backup: Comparison
  readonly restore: Comparison
  readonly proofServerCpuMs: number
  readonly plain: number
  readonly stored: number
  readonly shell: number
}
type Comparison = ReturnType<typeof reportOf>

function lineOf(what: string, {wallRatio, cpuRatio, shell, ours}: Comparison): string {
  const side = (costs: Record<string, number>): string =>
    `${costs['wall']} ms wall, ${costs['cpu']} ms CPU (own ${costs['own']}, programs ${costs['programs']}, server ${costs['server']})`
  return `${what}: wall ${wallRatio} × (budget ${BUDGET.wall}), CPU ${cpuRatio} ×\n  pipeline ${side(shell)}\n  ours     ${side(ours)}`
}

const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-'))
const server = await startPostgres(['shared_buffers=256MB', 'max_wal_size=4GB'])
const url = server.url.replace(/\/postgres$/, '/bench')
const identity = await generateX25519Identity()
const recipient = await identityToRecipient(identity)
const keyFile = path.join(directory, 'key')
writeFileSync(keyFile, `${identity}\n`, {mode: 0o600})

const {signal} = new AbortController()
const tools = {signal, clock: systemClock, log: () => undefined, progress: () => undefined, run: 'bench'}

async function openOurs() {
  const source = sourceAt(directory, url, recipient)
  const storage = directoryStorage(
    {type: 'dir', path: directory},
    {folder: 'ours', secret: () => Promise.reject(new Error('a directory has no secret'))},
  )
  const [connection, admin] = [await readConninfo(url), await readConninfo(server.url)]
  const access = {
    live: async () => connection,
    admin: async () => admin,
    read: () => Promise.reject(new Error('nothing is asked here')),
  }
  return {source, storage, catalog: openCatalog(source, storage), method: openPgdump({binaries: undefined, access})}
}

const shell = (script: string): void => void execFileSync('bash', ['-c', `set -eo pipefail; ${script}`])

async function compare() {
  await fillDatabase(server.url, url, Number(flags.megabytes))
  const {source, storage, catalog, method} = await openOurs()
  const backup: Sides = {shell: [], ours: []}
  const restore: Sides = {shell: [], ours: []}
  const proof: Cost[] = []
  const sizes = {plain: 0, stored: 0, shell: 0}
  const output = path.join(directory, 'shell.age')
  const copy = 'bench_copy'
  const dropCopy = () => query(server.url, `DROP DATABASE IF EXISTS ${copy}`)
  const took = (work: Work): Promise<Cost> => costOf(server.pid, work)
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    backup.shell.push(
      await took(() =>
        shell(`${server.bin}/pg_dump -Fc -Z0 '${url}' | zstd -3 -q -c | age -r ${recipient} > ${output}`),
      ),
    )
    sizes.shell = statSync(output).size
    let id = ''
    backup.ours.push(
      await took(async () => {
        const manifest = await createBackup({source, catalog, method, tools})
        id = manifest.id
        sizes.plain = manifest.plainBytes ?? 0
        sizes.stored = manifest.storedBytes
      }),
    )
    const found = await catalog.manifest(id)
    proof.push(
      await took(async () => {
        const {ok, reason} = await method.prove(
          found.manifest,
          {database: 'bench'},
          {...tools, checks: [], now: () => 0},
        )
        if (!ok) throw new Error(reason)
      }),
    )
    restore.shell.push(
      await took(() =>
        shell(
          `${server.bin}/createdb --maintenance-db='${server.url}' -T template0 ${copy}; ` +
            `age -d -i ${keyFile} ${output} | zstd -d -q -c | ${server.bin}/pg_restore -e -d '${url.replace(/bench$/, copy)}'`,
        ),
      ),
    )
    await dropCopy()
    restore.ours.push(
      await took(async () => {
        const place = {database: copy}
        await method.prepare(found.manifest, place, signal)
        await restoreInto({
          storage,
          found,
          identity,
          method,
          place,
          signal,
          progress: () => undefined,
          log: () => undefined,
        })
      }),
    )
    await dropCopy()
    await catalog.remove(id)
  }
  show({
    rounds: backup.ours.length,
    budget: BUDGET,
    backup: reportOf(backup),
    restore: reportOf(restore),
    proofServerCpuMs: median(proof.map(cost => cost.server)),
    ...sizes,
  })
}

function show(report: Report): void {
  console.log(
    flags.json
      ? JSON.stringify(report)
      : [
          `${report.rounds} rounds; dump ${report.plain} B, stored ${report.stored} B (pipeline ${report.shell} B)`,
          lineOf('backup', report.backup),
          `  proof    ${report.proofServerCpuMs} ms CPU of the server, in ours`,
          lineOf('restore', report.restore),
        ].join('\n'),
  )
  process.exitCode = Math.max(report.backup.wallRatio, report.restore.wallRatio) <= BUDGET.wall ? 0 : 1
}

/** The program as it is installed: the most that it had, with Node itself, while it took a backup and while it read one through. */
async function memory(megabytes: number): Promise<{megabytes: number; create: number; verify: number}> {
  await fillDatabase(server.url, url, megabytes)
  const config = path.join(directory, 'opsconsole.yaml')
  const storage = path.join(directory, `memory-${megabytes}`)
  writeFileSync(
    config,
    `environments: [{name: bench}]
databases: [{name: bench, url: '${url}'}]
backups:
  - {name: bench, database: bench, storage: {type: dir, path: ${storage}}, encryption: {recipients: [${recipient}], identity: {file: ${keyFile}}}}
`,
  )
  const program = [path.join(ROOT, 'bin/opsconsole'), '--config', config, 'backup']
  const environment = {XDG_STATE_HOME: path.join(directory, 'state')}
  const create = await peakMemoryOf([...program, 'create', '--no-verify'], environment)
  const verify = await peakMemoryOf([...program, 'verify'], environment)
  rmSync(storage, {recursive: true, force: true})
  return {megabytes, create, verify}
}

try {
  if (flags.memory === undefined) await compare()
  else
    for (const megabytes of flags.memory.split(',').map(Number)) {
      const found = await memory(megabytes)
      console.log(
        flags.json
          ? JSON.stringify(found)
          : `${megabytes} MB: ${found.create} MB to take it, ${found.verify} MB to read it through (budget ${BUDGET.memoryMb})`,
      )
      if (Math.max(found.create, found.verify) > BUDGET.memoryMb) process.exitCode = 1
    }
} finally {
  await server.stop()
  rmSync(directory, {recursive: true, force: true})
}
