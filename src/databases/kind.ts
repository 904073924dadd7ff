import {defineKind} from '../kinds/define-kind.ts'
import {checkPostgres} from '../kinds/issue.ts'
import {formatBytes} from '../units/bytes.ts'
import {orDash} from '../units/or-dash.ts'
import {databaseSchema} from './config.ts'
import {databaseRows} from './database-rows.ts'
import type {PlacedDatabase} from './target.ts'

export const databaseKind = defineKind({
  section: 'databases',
  target: 'database',
  meaning: 'PostgreSQL databases',
  schema: databaseSchema,
  examples: [
    {
      name: 'shop',
      environment: 'production',
      url: {env: 'DATABASE_URL'},
      adminUrl: {command: ['op', 'read', 'op://ops/shop/admin-url']},
      interval: '30s',
      timeout: '5s',
      connectionsAbove: 0.8,
      standbys: ['replica1'],
    },
  ],
  check: ({url, adminUrl}) => [...checkPostgres(['url'], url), ...checkPostgres(['adminUrl'], adminUrl)],
  targets: async (config: {readonly databases: readonly PlacedDatabase[]}, tools) =>
    (await import('./target.ts')).databaseTargets(config, tools),
  rows: (config: {readonly databases: readonly PlacedDatabase[]}, watch) =>
    databaseRows(config, watch.view, watch.measurements),
  glance: row => [
    row.connections === undefined ? '–' : `${row.connections}/${row.maxConnections ?? '?'} connections`,
    orDash(row.sizeBytes, formatBytes),
  ],
  ops: async () => {
    const {createDatabaseOps} = await import('./ops.ts')
    return (_, database, tools) => createDatabaseOps(database, tools)
  },
})
