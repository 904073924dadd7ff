import {randomBytes} from 'node:crypto'
import {chmod, mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {generateIdentity, identityToRecipient} from 'age-encryption'
import {secretFile, writeWhole} from './plan.ts'
import type {LabPlan, SecretName} from './plan.ts'

/** Who may change the pooler while it runs. */
export const POOLER_ADMIN = 'pooler'

/** Makes every password and key of the lab, each in a file of its own that only its owner can read. */
export async function writeSecrets(plan: LabPlan): Promise<void> {
  const {redis, postgres, replica = 0, redisReplica = 0, pooler = 0} = plan.ports
  const password = (): string => randomBytes(18).toString('base64url')
  const [redisPassword, superuser, shop, ops] = [password(), password(), password(), password()]
  const database = (user: string, secret: string, name: string, port = postgres): string =>
    `postgres://${user}:${secret}@127.0.0.1:${port}/${name}`
  const values: Record<SecretName, string> = {
    'redis-password': redisPassword,
    'redis-url': `redis://:${redisPassword}@127.0.0.1:${redis}/0`,
    'superuser-password': superuser,
    'superuser-url': database('postgres', superuser, 'postgres'),
    'shop-url': database('shop', shop, 'shop'),
    'ops-url': database('ops', ops, 'shop'),
    'admin-url': database('ops', ops, 'postgres'),
    'replicator-password': password(),
    'replica-url': database('ops', ops, 'shop', replica),
    'redis-replica-url': `redis://:${redisPassword}@127.0.0.1:${redisReplica}/0`,
    'pooler-url': database('ops', ops, 'shop', pooler),
    'pooler-admin-url': database(POOLER_ADMIN, password(), 'pgbouncer', pooler),
    'backup-key': await generateIdentity(),
  }
  await mkdir(join(plan.dir, 'secrets'), {recursive: true})
  await chmod(join(plan.dir, 'secrets'), 0o700)
  for (const [name, value] of Object.entries(values))
    await writeWhole(secretFile(plan.dir, name as SecretName), `${value}\n`)
}

export async function readSecret(dir: string, name: SecretName): Promise<string> {
  return (await readFile(secretFile(dir, name), 'utf8')).trimEnd()
}

/** The public half of the backup key. */
export async function backupRecipient(dir: string): Promise<string> {
  return identityToRecipient(await readSecret(dir, 'backup-key'))
}
