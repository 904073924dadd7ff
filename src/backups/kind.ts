import {defineKind} from '../kinds/define-kind.ts'
import {askAll} from '../kinds/questions.ts'
import {type Issue, issuesAt, unknownName} from '../kinds/issue.ts'
import {durationOrDash} from '../units/or-dash.ts'
import {backupRows} from './backup-rows.ts'
import {type BackupConfig, backupSchema} from './config.ts'
import {methodSpec} from './methods/method-spec.ts'
import {methods} from './methods/registry.ts'
import {atPath, liesIn, repositoryPath} from './methods/restic/repository-path.ts'
import type {BackupsConfig} from './source.ts'
import {scheduleNames} from './schedule-fields.ts'
import {storages} from './storage/registry.ts'

const RECIPIENTS = ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p']
const [first, ...others] = storages.examples
/** Methods that need no PostgreSQL, each with the name of its example. */
const ALONE = [
  ['sqlite', 'counter'],
  ['redis', 'sessions'],
  ['restic', 'uploads'],
] as const
const sectionOf = (method: string): object => {
  const {type: _type, ...section} = methods.examples.find(({spec}) => spec.type === method)?.spec ?? {}
  return section
}

/** The section of each method that has one, and what it must say at least. */
const SECTIONS = {pgbackrest: 'its stanza', sqlite: 'its file', redis: 'its url', restic: 'its directory'} as const
const ofPostgres = (method: BackupConfig['method']): boolean => method === 'pgdump' || method === 'pgbackrest'

/** What one method must have and the others do not know. */
function methodIssues(backup: BackupConfig): Issue[] {
  const {method, database, encryption, copies} = backup
  const sections = Object.entries(SECTIONS).flatMap(([name, least]): Issue[] => {
    const there = backup[name as keyof typeof SECTIONS] !== undefined
    if (method === name && !there)
      return [{path: [name], message: () => `should say at least ${least}: the method is ${name}`}]
    return method !== name && there ? [{path: [name], about: 'key', message: () => `is for method: ${name}`}] : []
  })
  const databases: Issue[] =
    ofPostgres(method) === (database !== undefined)
      ? []
      : database === undefined
        ? [{path: ['database'], message: () => `should be there: the method is ${method}`}]
        : [{path: ['database'], about: 'key', message: () => `is for methods that copy a PostgreSQL database`}]
  if (method === 'pgbackrest')
    return [
      ...sections,
      ...databases,
      ...(copies.length === 0
        ? []
        : [
            {
              path: ['copies'],
              about: 'key' as const,
              message: () => 'is for the other methods; pgBackRest has repo2 for that',
            },
          ]),
    ]
  return [
    ...sections,
    ...databases,
    ...(method !== 'restic' || copies.length === 0
      ? []
      : [
          {
            path: ['copies'],
            about: 'key' as const,
            message: () => 'is for the other methods; restic has `restic copy` for that',
          },
        ]),
    ...insideIssues(backup),
    ...(encryption.recipients.length > 0
      ? []
      : [{path: ['encryption', 'recipients'], message: () => 'should have at least one age recipient (age1...)'}]),
  ]
}

/** What copies a directory may not be in it: each backup would have the ones before it. */
function insideIssues({restic, storage}: BackupConfig): Issue[] {
  if (restic === undefined) return []
  const message = (): string => `should lie outside of ${restic.directory}: each backup would copy the ones before it`
  const repository = repositoryPath(restic.repository)
  return [
    ...(repository !== undefined && liesIn(repository, restic.directory)
      ? [{path: ['restic', 'repository'], message}]
      : []),
    ...(storage.type === 'dir' && liesIn(storage.path, restic.directory) ? [{path: ['storage', 'path'], message}] : []),
  ]
}

/** A copy in the same place is none. */
function copyIssues({storage, copies}: BackupConfig): Issue[] {
  const seen = new Set([storages.address(storage)])
  const names = new Set<string>()
  return copies.flatMap((copy, at) => {
    const address = storages.address(copy.storage)
    const [samePlace, sameName] = [seen.has(address), names.has(copy.name)]
    seen.add(address)
    names.add(copy.name)
    return [
      ...issuesAt(['copies', at, 'storage'], storages.check(copy.storage)),
      ...(samePlace
        ? [{path: ['copies', at, 'storage'], message: () => `should be another place than ${address}`}]
        : []),
      ...(sameName ? [{path: ['copies', at, 'name'], message: () => `should be unique, got ${copy.name} twice`}] : []),
    ]
  })
}

/** What is told to happen by itself must be something, and possible here. */
function scheduleIssues(backup: BackupConfig, taken: ReadonlySet<string>): Issue[] {
  const {name, schedule, copies, method} = backup
  if (schedule === undefined) return []
  const names = scheduleNames(name, schedule)
  return [
    ...(names.length > 0
      ? []
      : [{path: ['schedule'], message: () => 'should say when: backup, verify, copies or drill'}]),
    ...(schedule.copies === undefined || copies.length > 0
      ? []
      : [{path: ['schedule', 'copies'], about: 'key' as const, message: () => 'is for a backup with copies'}]),
    ...(schedule.drill === undefined || method !== 'pgbackrest'
      ? []
      : [
          {
            path: ['schedule', 'drill'],
            about: 'key' as const,
            message: () => 'is not for pgbackrest: schedule the runbook restore-pitr',
          },
        ]),
    ...names
      .filter(each => taken.has(each))
      .map(each => ({path: ['schedule'], message: () => `a schedule is called ${each} already`})),
  ]
}

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
      copies: [
        {
          name: 'disk',
          storage: {type: 'dir', path: '/mnt/disk/backups'},
          offSite: true,
          immutable: false,
          bandwidth: '20mb',
        },
        ...others.map(({spec}) => ({name: `copy-${spec.type}`, storage: spec})),
      ],
      encryption: {recipients: RECIPIENTS, identity: {file: '/etc/opsconsole/age-identity'}},
      signing: {
        key: '/etc/opsconsole/backup-key',
        allowedSigners: '/etc/opsconsole/allowed-signers',
        signer: 'opsconsole',
      },
      rpo: '26h',
      keep: 14,
      retention: {daily: 7, weekly: 4, monthly: 12, window: '3d'},
      schedule: {
        backup: '30 2 * * *',
        verify: '0 5 * * *',
        copies: '30 4 * * *',
        drill: '0 6 * * 0',
        zone: 'Europe/Berlin',
        catchUp: 'once',
        endWithin: '2h',
        prune: true,
        enabled: true,
      },
      interval: '30s',
      timeout: '10s',
      checks: [{name: 'there are orders', query: 'select count(*) > 0 from orders', expect: 't'}],
      drill: {rto: '15m', rpo: '26h', binaries: '/usr/lib/postgresql/15/bin', user: 'postgres'},
    },
    {
      name: 'shop-cluster',
      environment: 'production',
      database: 'shop',
      method: 'pgbackrest',
      pgbackrest: {
        stanza: 'main',
        config: '/etc/pgbackrest/pgbackrest.conf',
        program: 'pgbackrest',
        user: 'postgres',
        superuser: 'postgres',
        maxAge: '26h',
        receivers: ['vault'],
        scratch: '/var/lib/postgresql/restores',
      },
      storage: first.spec,
      rpo: '5m',
    },
    ...ALONE.map(([method, name]) => ({
      name,
      environment: 'production',
      method,
      [method]: sectionOf(method),
      storage: first.spec,
      encryption: {recipients: RECIPIENTS},
    })),
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
    copies: backup.copies.map(copy => ({...copy, storage: storages.paths(copy.storage, places)})),
    ...(backup.signing === undefined
      ? {}
      : {
          signing: {
            ...backup.signing,
            allowedSigners: places.file(backup.signing.allowedSigners),
            ...(backup.signing.key === undefined ? {} : {key: places.file(backup.signing.key)}),
          },
        }),
    ...(backup.sqlite === undefined ? {} : {sqlite: {...backup.sqlite, file: places.file(backup.sqlite.file)}}),
    ...(backup.restic === undefined
      ? {}
      : {
          restic: {
            ...backup.restic,
            directory: places.file(backup.restic.directory),
            repository: atPath(backup.restic.repository, own => places.file(own)),
          },
        }),
    ...(backup.pgbackrest === undefined
      ? {}
      : {
          pgbackrest: {
            ...backup.pgbackrest,
            config: places.file(backup.pgbackrest.config),
            ...(backup.pgbackrest.scratch === undefined ? {} : {scratch: places.file(backup.pgbackrest.scratch)}),
          },
        }),
    drill: {
      ...backup.drill,
      ...(backup.drill.binaries === undefined ? {} : {binaries: places.file(backup.drill.binaries)}),
    },
  }),
  check: (backup, neighbours) => [
    ...methodIssues(backup),
    ...copyIssues(backup),
    ...scheduleIssues(backup, neighbours.names('schedules')),
    ...(backup.database === undefined || !ofPostgres(backup.method)
      ? []
      : unknownName(['database'], backup.database, neighbours.names('databases'))),
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
    ...(await (await import('./copies/check-copies.ts')).checkCopies(backup, tools)),
    ...(await askAll((await import('./questions.ts')).BACKUP_QUESTIONS, {backup, tools}, tools.name)),
  ],
  programs: backup => methods.programs(methodSpec(backup)),
  ops: async ({backups}) => {
    const create = await (await import('./ops.ts')).loadBackupOps(backups)
    return (config, backup, tools) => create(config, tools, backup.name)
  },
})
