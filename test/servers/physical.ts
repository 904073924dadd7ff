import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {backupSchema} from '../../src/backups/config.ts'
import {type BackupOps, loadBackupOps} from '../../src/backups/ops.ts'
import type {BackupsConfig} from '../../src/backups/source.ts'
import {databaseSchema} from '../../src/databases/config.ts'
import type {OpsTools} from '../../src/kinds/ops-tools.ts'
import {plainTools} from './ops-tools.ts'
import {type PgbackrestBench, startPgbackrest} from './pgbackrest.ts'

/** A cluster with pgBackRest, configured as a backup of ours, and the operations on it. */
export interface PhysicalBench extends PgbackrestBench {
  readonly configured: BackupsConfig
  readonly tools: ReturnType<typeof plainTools>
  /** `shop` is a backup of the database by pg_dump. */
  ops(changes?: Partial<OpsTools>, name?: 'cluster' | 'shop'): BackupOps
}

export async function startPhysical(database = 'postgres'): Promise<PhysicalBench> {
  const [bench, createBackupOps] = await Promise.all([startPgbackrest(), loadBackupOps()])
  const records = await mkdtemp(path.join(tmpdir(), 'opsconsole-proofs-'))
  // Without a deadline: a full count of restores takes many minutes.
  const tools = plainTools({signal: new AbortController().signal})
  const entry = {
    name: 'cluster',
    database: 'shop',
    method: 'pgbackrest',
    pgbackrest: {stanza: bench.stanza, config: bench.config},
    storage: {type: 'dir', path: records},
  }
  const identity = await generateX25519Identity()
  const logical = {
    name: 'shop',
    database: 'shop',
    storage: {type: 'dir', path: records},
    encryption: {recipients: [await identityToRecipient(identity)], identity},
  }
  const configured: BackupsConfig = {
    backups: [entry, logical].map(each => ({...backupSchema.parse(each), environment: 'test'})),
    databases: [
      {
        ...databaseSchema.parse({name: 'shop', url: bench.server.url.replace(/\/postgres$/, `/${database}`)}),
        environment: 'test',
      },
    ],
  }
  return {
    ...bench,
    configured,
    tools,
    ops: (changes = {}, name = 'cluster') => createBackupOps(configured, {...tools, ...changes}, name),
    async stop() {
      await bench.stop()
      await rm(records, {recursive: true, force: true})
    },
  }
}
