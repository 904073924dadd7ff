import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {backupSchema} from '../../src/backups/config.ts'
import {type BackupOps, createBackupOps} from '../../src/backups/ops.ts'
import type {BackupsConfig} from '../../src/backups/source.ts'
import {databaseSchema} from '../../src/databases/config.ts'
import type {OpsTools} from '../../src/kinds/ops-tools.ts'
import {plainTools} from './ops-tools.ts'
import {type PgbackrestBench, startPgbackrest} from './pgbackrest.ts'

/** A cluster with pgBackRest, configured as a backup of ours, and the operations on it. */
export interface PhysicalBench extends PgbackrestBench {
  readonly configured: BackupsConfig
  readonly tools: ReturnType<typeof plainTools>
  ops(changes?: Partial<OpsTools>): BackupOps
}

export async function startPhysical(settings: readonly string[] = []): Promise<PhysicalBench> {
  const bench = await startPgbackrest(settings)
  const records = await mkdtemp(path.join(tmpdir(), 'opsconsole-proofs-'))
  const tools = plainTools()
  const entry = {
    name: 'cluster',
    database: 'shop',
    method: 'pgbackrest',
    pgbackrest: {stanza: bench.stanza, config: bench.config},
    storage: {type: 'dir', path: records},
  }
  const configured: BackupsConfig = {
    backups: [{...backupSchema.parse(entry), environment: 'test'}],
    databases: [{...databaseSchema.parse({name: 'shop', url: bench.server.url}), environment: 'test'}],
  }
  return {
    ...bench,
    configured,
    tools,
    ops: (changes = {}) => createBackupOps(configured, {...tools, ...changes}),
    async stop() {
      await bench.stop()
      await rm(records, {recursive: true, force: true})
    },
  }
}
