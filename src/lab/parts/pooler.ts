import {chown, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Client} from 'pg'
import {ownedDirectory} from '../home.ts'
import {logFile, pidFile} from '../plan.ts'
import type {LabPlan} from '../plan.ts'
import {POOLER_ADMIN, readSecret} from '../secrets.ts'
import {baseEnvironment} from './part.ts'
import type {Part} from './part.ts'

export const POOLER = 'pooler'
/** Clients that it takes at a time, in all. */
const CLIENTS = 200
const home = (plan: LabPlan): string => join(plan.home, POOLER)

/** A transaction pooler for the role `ops` on the database of the shop. */
export async function preparePooler(plan: LabPlan): Promise<void> {
  const account = plan.accounts.postgres
  await ownedDirectory(home(plan), account)
  const password = (url: string): string => new URL(url).password
  const users = {
    ops: password(await readSecret(plan.dir, 'pooler-url')),
    [POOLER_ADMIN]: password(await readSecret(plan.dir, 'pooler-admin-url')),
  }
  const files = {
    'users.txt': Object.entries(users).map(([name, secret]) => `"${name}" "${secret}"`),
    'pgbouncer.ini': [
      '[databases]',
      `shop = host=127.0.0.1 port=${plan.ports.postgres} dbname=shop`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${plan.ports.pooler}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${join(home(plan), 'users.txt')}`,
      `admin_users = ${POOLER_ADMIN}`,
      'pool_mode = transaction',
      'default_pool_size = 5',
      `max_client_conn = ${CLIENTS}`,
      'ignore_startup_parameters = extra_float_digits',
    ],
  }
  for (const [name, lines] of Object.entries(files)) {
    const file = join(home(plan), name)
    await writeFile(file, `${lines.join('\n')}\n`, {mode: 0o600})
    if (account !== undefined) await chown(file, account.uid, account.gid)
  }
}

/** pgbouncer before PostgreSQL; undefined where it is not installed. */
export function poolerPart(plan: LabPlan): Part | undefined {
  const {pooler: port} = plan.ports
  const {pgbouncer} = plan.programs
  if (port === undefined || pgbouncer === undefined) return undefined
  const log = logFile(plan, POOLER)
  return {
    name: POOLER,
    port,
    log,
    pidFile: pidFile(plan, POOLER),
    // SIGINT waits for transactions; on TERM it closes at once.
    stop: {graceMs: 5000},
    startMs: 15_000,
    spec: async () => ({
      argv: [pgbouncer, join(home(plan), 'pgbouncer.ini')],
      cwd: home(plan),
      env: baseEnvironment(plan),
      account: plan.accounts.postgres,
      log,
      pidFile: pidFile(plan, POOLER),
    }),
    ready: async () => {
      await asAdmin(plan, 'show version')
      return true
    },
  }
}

/** It takes no more clients: what one meets when others hold all connections. */
export const fillPooler = (plan: LabPlan): Promise<void> => asAdmin(plan, 'set max_client_conn = 0')
export const emptyPooler = (plan: LabPlan): Promise<void> => asAdmin(plan, `set max_client_conn = ${CLIENTS}`)

/** A command of pgbouncer's own console, which it answers at its limit too. */
async function asAdmin(plan: LabPlan, command: string): Promise<void> {
  const client = new Client({
    connectionString: await readSecret(plan.dir, 'pooler-admin-url'),
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(command)
  } finally {
    await client.end().catch(() => {})
  }
}
