import {addressOfHosts} from '../connections/postgres/address.ts'
import {type Conninfo, readConninfo} from '../connections/postgres/conninfo.ts'
import {withSession} from '../connections/postgres/session.ts'
import {OpsError} from '../errors.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import type {LiveDatabase} from './methods/method.ts'
import type {BackupSource} from './source.ts'

/** Ways into the database's server. The URLs are read when they are needed, so a changed secret counts at once. */
export interface Access {
  /** The live database, as the role that may dump it. */
  live(): Promise<Conninfo>
  /** Another database of the same server, for creating and renaming. */
  admin(): Promise<Conninfo>
  /** Raises `backup/damaged` when no identity is configured. */
  identity(): Promise<string>
  hasIdentity(): boolean
  read(): Promise<LiveDatabase>
}

export function databaseAccess(source: BackupSource, tools: Pick<OpsTools, 'secret' | 'signal'>): Access {
  const {backup} = source
  const server = (): NonNullable<BackupSource['database']> => {
    if (source.database !== undefined) return source.database
    throw new OpsError('usage/arguments', `backup ${backup.name} is of no database of a PostgreSQL server`)
  }
  const privileged = async (): Promise<Conninfo> => readConninfo(await tools.secret(server().adminUrl ?? server().url))
  const liveName = async (): Promise<string> => (await readConninfo(await tools.secret(server().url))).database
  const admin = async (): Promise<Conninfo> => ({...(await privileged()), database: 'postgres'})
  return {
    admin,
    live: async () => ({...(await privileged()), database: await liveName()}),
    hasIdentity: () => backup.encryption.identity !== undefined,
    async identity() {
      if (backup.encryption.identity === undefined)
        throw new OpsError(
          'config/secret',
          `no identity is configured for backup ${backup.name}, so nothing can be opened`,
          {
            hint: 'Set backups/encryption/identity, for instance to {file: PATH} or {command: [...]}.',
          },
        )
      return identityLine(await tools.secret(backup.encryption.identity))
    },
    read: async () => probeLive(await admin(), await liveName(), tools.signal),
  }
}

/** A key file of age-keygen has comments before the key. */
export function identityLine(text: string): string {
  const line = text.split('\n').find(candidate => candidate.trim().startsWith('AGE-SECRET-KEY-'))
  return (line ?? text).trim()
}

async function probeLive(admin: Conninfo, name: string, signal: AbortSignal): Promise<LiveDatabase> {
  return withSession(admin, signal, async client => {
    const {rows} = await client.query<Record<'version' | 'number' | 'bytes' | 'sessions', string | null>>(
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
         (SELECT pg_database_size(oid)::text FROM pg_database WHERE datname = $1) AS bytes,
         (SELECT count(*)::text FROM pg_stat_activity WHERE datname = $1) AS sessions`,
      [name],
    )
    const row = rows[0]
    return {
      name,
      server: addressOfHosts(admin.hosts, '').replace('postgres://', ''),
      exists: row?.bytes != null,
      bytes: Number(row?.bytes ?? 0),
      sessions: Number(row?.sessions ?? 0),
      serverVersion: row?.version ?? '',
      major: Math.floor(Number(row?.number ?? 0) / 10_000),
    }
  })
}
