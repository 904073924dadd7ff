import {appendFile, chown, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {OpsError} from '../../errors.ts'
import {killProcess, lastLines, spawnRecorded} from '../daemon.ts'
import {ownedDirectory} from '../home.ts'
import {logFile, pidFile} from '../plan.ts'
import type {LabPlan} from '../plan.ts'
import {readSecret} from '../secrets.ts'
import {baseEnvironment} from './part.ts'
import type {Part} from './part.ts'
import {postgresPart, withSuperuser} from './postgres.ts'

export const REPLICA = 'postgres-replica'
/** As the primary calls it: `application_name`, and the slot that keeps WAL for it. */
export const STANDBY = 'replica'
export const BASE_BACKUP = 'base-backup'
const FLAGS = ['-X', 'stream', '-C', '-S', STANDBY, '-c', 'fast', '--no-sync', '--no-password']
const home = (plan: LabPlan): string => join(plan.home, 'replica')
const dataDirectory = (plan: LabPlan): string => join(home(plan), 'data')

/** A base backup of the primary as it is now, and where its stream comes from. */
export async function prepareReplica(plan: LabPlan, signal: AbortSignal): Promise<void> {
  const password = await readSecret(plan.dir, 'replicator-password')
  await withSuperuser(plan, 'postgres', client =>
    client.query(`create role replicator login replication password ${client.escapeLiteral(password)}`),
  )
  const account = plan.accounts.postgres
  for (const directory of [home(plan), join(home(plan), 'socket')]) await ownedDirectory(directory, account)
  const log = logFile(plan, BASE_BACKUP)
  const source = `host=127.0.0.1 port=${plan.ports.postgres} user=replicator application_name=${STANDBY}`
  const copy = await spawnRecorded({
    argv: [join(plan.programs.postgresBin, 'pg_basebackup'), '-d', source, '-D', dataDirectory(plan), ...FLAGS],
    cwd: home(plan),
    env: {...baseEnvironment(plan), PGPASSWORD: password},
    account,
    log,
    pidFile: pidFile(plan, BASE_BACKUP),
  })
  const stop = (): void => void killProcess(copy.identity)
  signal.addEventListener('abort', stop, {once: true})
  const code = await copy.exited
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  await rm(pidFile(plan, BASE_BACKUP), {force: true})
  if (code !== 0)
    throw new OpsError(
      'lab/start',
      `pg_basebackup ended with ${code ?? 'a signal'}: ${(await lastLines(log, 5)).join(' | ')}`,
      {
        hint: `Its log is ${log}`,
      },
    )
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
  const settings = [
    '# the replica: what it holds, the primary has, so it need not survive a power cut',
    'fsync = off',
    `port = ${plan.ports.replica}`,
    `unix_socket_directories = ${quote(join(home(plan), 'socket'))}`,
    `primary_conninfo = ${quote(await stream(plan, plan.ports.postgres))}`,
    `primary_slot_name = ${quote(STANDBY)}`,
  ]
  await appendFile(join(dataDirectory(plan), 'postgresql.conf'), `${settings.join('\n')}\n`)
  const standby = join(dataDirectory(plan), 'standby.signal')
  await writeFile(standby, '', {mode: 0o600})
  if (account !== undefined) await chown(standby, account.uid, account.gid)
}

/** Where the replica gets its stream from. */
async function stream(plan: LabPlan, port: number): Promise<string> {
  const password = await readSecret(plan.dir, 'replicator-password')
  return `host=127.0.0.1 port=${port} user=replicator password=${password} application_name=${STANDBY}`
}

/** A streaming replica of the primary; undefined in a lab of an older version. */
export function replicaPart(plan: LabPlan): Part | undefined {
  const {replica: port} = plan.ports
  if (port === undefined) return undefined
  const log = logFile(plan, REPLICA)
  return {
    ...postgresPart(plan),
    name: REPLICA,
    port,
    log,
    pidFile: pidFile(plan, REPLICA),
    spec: async () => ({
      argv: [join(plan.programs.postgresBin, 'postgres'), '-D', dataDirectory(plan)],
      cwd: home(plan),
      env: baseEnvironment(plan),
      account: plan.accounts.postgres,
      log,
      pidFile: pidFile(plan, REPLICA),
    }),
    ready: async () => {
      await onReplica(plan, 'select 1')
      return true
    },
  }
}

/** It asks for its stream where nobody answers, until `streamAgain`. */
export const cutOffReplica = async (plan: LabPlan): Promise<void> =>
  changeReplica(plan, `set primary_conninfo = '${await stream(plan, 1)}'`)

export const streamAgain = (plan: LabPlan): Promise<void> => changeReplica(plan, 'reset primary_conninfo')

/** Rows appear on the replica that much later; 0 for at once. */
export const delayReplica = (plan: LabPlan, ms: number): Promise<void> =>
  changeReplica(plan, `set recovery_min_apply_delay = '${ms}ms'`)

async function changeReplica(plan: LabPlan, change: string): Promise<void> {
  await onReplica(plan, `alter system ${change}`)
  await onReplica(plan, 'select pg_reload_conf()')
}

const onReplica = (plan: LabPlan, sql: string): Promise<readonly Record<string, unknown>[]> =>
  withSuperuser(
    plan,
    'postgres',
    async client => (await client.query<Record<string, unknown>>(sql)).rows,
    plan.ports.replica,
  )
