import type {Client} from 'pg'
import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import type {HostEntry} from '../../../connections/postgres/hosts.ts'
import {isPooled} from '../../../connections/postgres/pooling.ts'
import {toolEnvironment} from '../../../connections/postgres/tool-environment.ts'

/** What a database may set for its sessions, and what must not stand in the way of its own backup. */
export const OWN_SESSION: readonly string[] = ['role=none']

/**
 * The environment of a program of PostgreSQL, for the server that the session of `client` is on, with these settings from
 * its start. A pooler refuses a session that asks for any; what its database sets counts there.
 */
export async function toolSession(
  client: Client,
  reached: {readonly conninfo: Conninfo; readonly entry: HostEntry},
  settings: readonly string[],
): Promise<Record<string, string>> {
  const environment = toolEnvironment(reached.conninfo, reached.entry)
  if (await isPooled(client)) return environment
  const options = settings.map(setting => `-c ${setting}`)
  return {...environment, PGOPTIONS: [environment['PGOPTIONS'] ?? '', ...options].join(' ').trim()}
}
