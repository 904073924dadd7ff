import {messageOf, OpsError} from '../errors.ts'
import type {DoctorTools} from '../kinds/define-driver.ts'
import type {Obstacle, Question} from '../kinds/questions.ts'
import {escapeLine} from '../text/escape.ts'
import {identityLine} from './access.ts'
import type {BackupConfig} from './config.ts'
import {recipientOf} from './encryption/recipient.ts'
import {methodSpec} from './methods/method-spec.ts'
import {findProgram} from './methods/pgdump/binaries.ts'
import {scratchAccount} from './scratch.ts'
import {openSignatures} from './signing/signatures.ts'
import {storages} from './storage/registry.ts'

export type BackupPurpose = 'backup' | 'verification' | 'restore' | 'drill'

/** What the questions may use: all of it is there for a plan and for the doctor. */
export interface BackupAsked {
  readonly backup: BackupConfig
  readonly tools: DoctorTools
}

/** Where the backups are. The doctor asks the driver itself, which also says what is good. */
const storage: Question<BackupAsked, BackupPurpose> = {
  about: 'storage',
  neededFor: ['backup', 'verification', 'restore', 'drill'],
  async ask({backup, tools}) {
    const checks = await storages.doctor(backup.storage, tools)
    return checks.flatMap(({status, detail, fix = 'Correct its storage.'}) =>
      status === 'failed' ? [{what: detail, fix}] : [],
    )
  },
}

/** What else could stop a run of a backup in its middle and can be read before it. */
export const BACKUP_QUESTIONS: readonly Question<BackupAsked, BackupPurpose>[] = [
  {about: 'identity', neededFor: ['backup'], ask: identityObstacles},
  {about: 'signing key', neededFor: ['backup'], ask: signingObstacles},
  {about: 'programs', neededFor: ['backup'], ask: programs('pg_dump', 'pg_restore')},
  {about: 'programs', neededFor: ['verification', 'restore'], ask: programs('pg_restore')},
  {about: 'source', neededFor: ['backup'], ask: sourceObstacles},
  {about: 'redis-server', neededFor: ['restore', 'drill'], ask: redisObstacles},
  {about: 'repository', neededFor: ['backup', 'verification', 'restore'], ask: repositoryObstacles},
  {about: 'scratch server', neededFor: ['drill'], ask: scratchObstacles},
]

export const PLAN_QUESTIONS = [storage, ...BACKUP_QUESTIONS]

/** An identity that opens none of the new backups is found out with the first restore otherwise, when it is too late. */
async function identityObstacles({backup, tools}: BackupAsked): Promise<readonly Obstacle[]> {
  const {identity, recipients} = backup.encryption
  if (identity === undefined) return []
  const own = await recipientOf(identityLine(await tools.secret(identity)))
  if (own === undefined)
    return [
      {what: 'its identity is not an age identity', fix: 'One begins with AGE-SECRET-KEY-1; age-keygen makes it.'},
    ]
  if (recipients.includes(own)) return []
  return [
    {
      what: `its identity does not open what its recipients close: it is that of ${own}, which is not among them`,
      fix: 'Give the identity of one of the recipients, or add its recipient for new backups.',
    },
  ]
}

/** A key that is not among the allowed ones makes backups that nobody may restore; found out before the first one. */
async function signingObstacles({backup, tools}: BackupAsked): Promise<readonly Obstacle[]> {
  const signatures = openSignatures(backup, {exec: tools.exec})
  if (signatures?.sign === undefined) return []
  const text = 'opsconsole\n'
  const verdict = await signatures.check(text, await signatures.sign(text, tools.signal), tools.signal)
  if (verdict.ok) return []
  return [
    {
      what: `its signing key does not sign for it: ${verdict.reason.replace(/^it is /, '')}`,
      fix: 'Add the key to signing.allowedSigners, for the name in signing.signer, or set signing.key to one that is there.',
    },
  ]
}

/** The oldest major version that is still found in the field: anything newer will do here. */
const OLDEST = 9

function programs(...names: readonly string[]) {
  return async ({backup}: BackupAsked): Promise<readonly Obstacle[]> => {
    if (backup.method !== 'pgdump') return []
    const directory = backup.drill.binaries
    const found = await Promise.allSettled(names.map(name => findProgram(name, OLDEST, {directory})))
    return found.flatMap((one, at) =>
      one.status === 'fulfilled'
        ? []
        : [{what: `${names[at]} is not installed`, fix: 'Install the package postgresql-client.'}],
    )
  }
}

/** What is to be copied, for methods that read a file or ask a server. */
async function sourceObstacles({backup, tools}: BackupAsked): Promise<readonly Obstacle[]> {
  const spec = methodSpec(backup)
  if (spec.type === 'redis') {
    const {sourceFault} = await import('./methods/redis/source-fault.ts')
    const what = await sourceFault(await tools.secret(spec.url), tools.signal)
    return what === undefined ? [] : [{what, fix: 'Correct redis.url, or look at the server.'}]
  }
  if (spec.type === 'restic') {
    const {directoryFault} = await import('./methods/restic/place.ts')
    const what = await directoryFault(spec.directory)
    return what === undefined ? [] : [{what, fix: 'Correct restic.directory, or look at it.'}]
  }
  if (spec.type !== 'sqlite') return []
  const {sqliteFault} = await import('./methods/sqlite/file.ts')
  const fault = sqliteFault(spec.file)
  return fault === undefined ? [] : [{what: fault, fix: 'Correct sqlite.file, or look at the file.'}]
}

/** Restores and drills load the RDB into a server of their own. */
async function redisObstacles({backup, tools}: BackupAsked): Promise<readonly Obstacle[]> {
  const spec = methodSpec(backup)
  if (spec.type !== 'redis') return []
  return tools.exec([spec.program, '--version'], {signal: tools.signal}).then(
    () => [],
    () => [{what: `${spec.program} is not installed`, fix: 'Install the package redis-server.'}],
  )
}

/** Its own catalogue, as its own program reads it: a wrong passphrase, a missing stanza, a repository that is away. */
async function repositoryObstacles({backup, tools}: BackupAsked): Promise<readonly Obstacle[]> {
  const spec = methodSpec(backup)
  if (spec.type === 'restic') {
    const {resticObstacles} = await import('./methods/restic/obstacles.ts')
    return resticObstacles(spec, tools)
  }
  if (spec.type !== 'pgbackrest') return []
  const {openPgbackrest} = await import('./methods/pgbackrest/pgbackrest.ts')
  return openPgbackrest(spec, tools)
    .read(tools.signal)
    .then(
      () => [],
      (cause: unknown) => [
        {
          what: escapeLine(messageOf(cause), 300),
          fix: (cause instanceof OpsError ? cause.hint : undefined) ?? 'Look at it with: pgbackrest info.',
        },
      ],
    )
}

/** A drill makes a server of its own: its programs, and an account for it where this process is root. */
async function scratchObstacles(asked: BackupAsked): Promise<readonly Obstacle[]> {
  if (asked.backup.method !== 'pgdump') return []
  const {backup, tools} = asked
  const missing = (await programs('initdb', 'pg_ctl', 'pg_restore')(asked)).map(({what}) => ({
    what: `${what}, which a drill needs`,
    fix: 'Install the package postgresql, or correct drill.binaries of the backup.',
  }))
  const account = await scratchAccount(backup.drill.user, tools).then(
    () => [],
    (cause: unknown) => [
      {
        what: `a drill cannot become the user ${backup.drill.user ?? 'postgres'}: ${escapeLine(messageOf(cause), 200)}`,
        fix: 'Make that account, or set drill.user of the backup to one without privileges.',
      },
    ],
  )
  return [...missing, ...account]
}
