import {defineKind} from '../kinds/define-kind.ts'
import {askAll} from '../kinds/questions.ts'
import {issuesAt, unknownName} from '../kinds/issue.ts'
import {durationOrDash} from '../units/or-dash.ts'
import {backupRows} from './backup-rows.ts'
import {backupSchema} from './config.ts'
import {methods} from './methods/registry.ts'
import type {BackupsConfig} from './source.ts'
import {storages} from './storage/registry.ts'

const RECIPIENTS = ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p']
const [first, ...others] = storages.examples

export const backupKind = defineKind({
  section: 'backups',
  target: 'backup',
  meaning: 'Backups',
  schema: backupSchema,
  examples: [
    {
      name: 'shop',
      environment: 'production',
      database: 'shop',
      method: 'pgdump',
      storage: first.spec,
      encryption: {recipients: RECIPIENTS, identity: {file: '/etc/opsconsole/age-identity'}},
      rpo: '1d',
      keep: 14,
      retention: {daily: 7, weekly: 4, monthly: 12, window: '3d'},
      interval: '30s',
      timeout: '10s',
      checks: [{name: 'there are orders', query: 'select count(*) > 0 from orders', expect: 't'}],
      drill: {rto: '15m', rpo: '1d', binaries: '/usr/lib/postgresql/15/bin', user: 'postgres'},
    },
    ...others.map(({spec, entry}) => ({
      name: spec.type,
      environment: 'production',
      database: 'shop',
      storage: spec,
      encryption: {recipients: RECIPIENTS},
      ...entry,
    })),
  ],
  paths: (backup, places) => ({
    ...backup,
    storage: storages.paths(backup.storage, places),
    drill: {
      ...backup.drill,
      ...(backup.drill.binaries === undefined ? {} : {binaries: places.file(backup.drill.binaries)}),
    },
  }),
  check: (backup, neighbours) => [
    ...unknownName(['database'], backup.database, neighbours.names('databases')),
    ...issuesAt(['storage'], storages.check(backup.storage)),
  ],
  targets: async (config: BackupsConfig, tools) => (await import('./target.ts')).backupTargets(config, tools),
  rows: (config: BackupsConfig, watch) => backupRows(config, watch.view, watch.now),
  glance: row => [
    row.ageMs === undefined ? 'no good backup' : `newest ${durationOrDash(row.ageMs)} old`,
    `objective ${durationOrDash(row.rpoMs)}`,
  ],
  doctor: async (backup, tools) => [
    ...(await storages.doctor(backup.storage, tools)),
    ...(await askAll((await import('./questions.ts')).BACKUP_QUESTIONS, {backup, tools}, tools.name)),
  ],
  programs: backup => methods.programs({type: backup.method}),
  ops: async () => {
    const {createBackupOps} = await import('./ops.ts')
    return (config, backup, tools) => createBackupOps(config, tools, backup.name)
  },
})
