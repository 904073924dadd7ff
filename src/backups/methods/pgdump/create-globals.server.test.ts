import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type PostgresServer, startPostgres} from '../../../../test/servers/postgres.ts'
import {readConninfo} from '../../../connections/postgres/conninfo.ts'
import {createGlobals} from './create-globals.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres(['log_statement=all', 'log_min_duration_statement=0', 'log_min_error_statement=error'])
}, 60_000)
afterAll(() => server.stop())

const HASH = 'md5d41d8cd98f00b204e9800998ecf8427e'
const make = async (sql: string) =>
  createGlobals(sql, await readConninfo(server.url), {signal: AbortSignal.timeout(30_000)})
const logged = async (): Promise<string> => readFile(path.join(server.dir, '../../server.log'), 'utf8')

test('password hashes get into no log of the server, made or refused', async () => {
  const role = (name: string, more = ''): string =>
    `CREATE ROLE ${name};\nALTER ROLE ${name} WITH LOGIN PASSWORD '${HASH}'${more};\n`
  expect(await make(role('made'))).toEqual({roles: ['made'], tablespaces: []})
  await expect(make(role('refused', " VALID UNTIL 'no such day'"))).rejects.toThrow(/no such day/)
  const log = await logged()
  expect(log).toContain('BEGIN; SET LOCAL')
  expect(log).toContain('no such day')
  expect(log).not.toContain(HASH)
})
