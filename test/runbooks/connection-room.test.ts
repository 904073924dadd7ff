import {afterAll, beforeAll, expect, test} from 'vitest'
import deploy from '../../runbooks/deploy.ts'
import {createDatabaseOps} from '../../src/databases/ops.ts'
import {loadReleaseOps} from '../../src/releases/ops.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type PostgresServer, startPostgres} from '../servers/postgres.ts'
import {type SlotsLab, startSlots} from '../servers/slots.ts'
import {walkRunbook} from '../servers/walk-runbook.ts'

const createReleaseOps = await loadReleaseOps()
let postgres: PostgresServer
let lab: SlotsLab
beforeAll(async () => {
  ;[postgres, lab] = await Promise.all([
    startPostgres(['max_connections=20', 'superuser_reserved_connections=3']),
    startSlots({pool: {database: 'shop', connections: 5}}),
  ])
}, 60_000)
afterAll(async () => {
  await lab.stop()
  await postgres.stop()
}, 30_000)

test('a deploy whose two slots hold more connections than a real PostgreSQL has is refused, and nothing is started', async () => {
  const tools = plainTools()
  const release = createReleaseOps(lab.config, tools, '/etc/opsconsole.yaml')
  const database = createDatabaseOps({name: 'shop', url: postgres.url} as never, tools)
  const ops = {release: () => release, database: () => database, environment: {name: 'test', protected: false}}
  await expect(walkRunbook(deploy, {params: {version: '2.0.0', watch: '1s'}, ops: ops as never})).rejects.toThrow(
    '4 instances of both slots hold up to 20 connections to shop (5 each), and it takes 17',
  )
  expect(lab.deployed).toEqual([])
}, 60_000)
