import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {Client} from 'pg'
import {backupSchema} from '../../src/backups/config.ts'
import {type BackupOps, loadBackupOps} from '../../src/backups/ops.ts'
import type {BackupsConfig} from '../../src/backups/source.ts'
import {databaseSchema} from '../../src/databases/config.ts'
import type {OpsTools} from '../../src/kinds/ops-tools.ts'
import {benchTools} from './bench-tools.ts'
import {type PostgresServer, startPostgres} from './postgres.ts'

const createBackupOps = await loadBackupOps()

/** A PostgreSQL server with a small shop in it, a backup directory, and the operations on both. */
export interface BackupBench {
  readonly server: PostgresServer
  readonly directory: string
  readonly identity: string
  readonly config: BackupsConfig
  /** Commands that went through `act`, in order. */
  readonly acts: string[]
  ops(changes?: Partial<Omit<OpsTools, 'environment'>>, config?: BackupsConfig): BackupOps
  /** The same configuration with other settings of the backup. */
  configured(changes: Record<string, unknown>): BackupsConfig
  query(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>
  /** An empty `shop` database filled anew. */
  fill(): Promise<void>
  stop(): Promise<void>
}

const SHOP = `
  CREATE TYPE mood AS ENUM ('fine', 'bad');
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, mood mood NOT NULL DEFAULT 'fine', note jsonb);
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int REFERENCES customers, total numeric(10,2), at timestamptz);
  CREATE TABLE "Odd ""name" (t text, "weird ""col" float8);
  CREATE TABLE empty_one (id int);
  CREATE TABLE parts (day date, n int) PARTITION BY RANGE (day);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  INSERT INTO customers SELECT i, 'name ' || i, CASE WHEN i % 3 = 0 THEN 'bad' ELSE 'fine' END::mood, jsonb_build_object('i', i) FROM generate_series(1, 2000) i;
  INSERT INTO orders (customer, total, at) SELECT 1 + i % 2000, i * 1.25, now() FROM generate_series(1, 5000) i;
  INSERT INTO "Odd ""name" VALUES ('a''b', 'NaN'), (NULL, -0.0), (E'\\n\\t\\\\', 1e-300);
  INSERT INTO parts SELECT '2026-01-05', i FROM generate_series(1, 100) i;
  CREATE MATERIALIZED VIEW busy AS SELECT customer, count(*) FROM orders GROUP BY 1`

export async function startBackupBench(): Promise<BackupBench> {
  const server = await startPostgres()
  const directory = await mkdtemp(path.join(tmpdir(), 'opsconsole-backups-'))
  const identity = await generateX25519Identity()
  const url = (database: string): string => server.url.replace(/\/postgres$/, `/${database}`)
  const acts: string[] = []
  const entry = {
    name: 'shop',
    database: 'shop',
    storage: {type: 'dir', path: directory},
    encryption: {recipients: [await identityToRecipient(identity)], identity},
    checks: [{name: 'customers', query: 'SELECT count(*) FROM customers', expect: '2000'}],
    drill: {binaries: server.bin},
  }
  const configured = (changes: Record<string, unknown>): BackupsConfig => ({
    backups: [{...backupSchema.parse({...entry, ...changes}), environment: 'production'}],
    databases: [
      {...databaseSchema.parse({name: 'shop', url: url('shop'), adminUrl: server.url}), environment: 'production'},
    ],
  })
  const config = configured({})
  const query: BackupBench['query'] = async (sql, database = 'shop') => {
    const client = new Client({connectionString: url(database)})
    client.on('error', () => undefined)
    await client.connect()
    try {
      const result = await client.query<Record<string, unknown>>(sql)
      return result.rows
    } finally {
      await client.end()
    }
  }
  return {
    server,
    directory,
    identity,
    config,
    acts,
    configured,
    query,
    ops: (changes = {}, other = config) => createBackupOps(other, {...benchTools(acts), ...changes}),
    async fill() {
      await query('DROP DATABASE IF EXISTS shop WITH (FORCE)', 'postgres')
      await query('DO $$ BEGIN CREATE ROLE shop_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$', 'postgres')
      await query('CREATE DATABASE shop OWNER shop_app', 'postgres')
      await query("ALTER DATABASE shop SET work_mem = '7MB'", 'postgres')
      await query('ALTER DATABASE shop SET search_path = public, "Odd path"', 'postgres')
      await query('REVOKE ALL ON DATABASE shop FROM PUBLIC', 'postgres')
      await query(SHOP)
      await query('ALTER TABLE orders OWNER TO shop_app; GRANT SELECT ON customers TO shop_app')
    },
    async stop() {
      await server.stop()
      await rm(directory, {recursive: true, force: true})
    },
  }
}
