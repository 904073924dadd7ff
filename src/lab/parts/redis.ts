import {chown, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Redis} from 'ioredis'
import {logFile, pidFile} from '../plan.ts'
import type {LabPlan, SecretName} from '../plan.ts'
import {ownedDirectory} from '../home.ts'
import {readSecret} from '../secrets.ts'
import {baseEnvironment} from './part.ts'
import type {Part} from './part.ts'

export const REDIS_MAXMEMORY = '64mb'
export const REDIS_POLICY = 'allkeys-lru'

/** The password stands in a file, not on the command line where every user could read it. */
export async function prepareRedis(plan: LabPlan): Promise<void> {
  const directory = join(plan.home, 'redis')
  const account = plan.accounts.redis
  await ownedDirectory(directory, account)
  const config = join(directory, 'redis.conf')
  const lines = [
    `port ${plan.ports.redis}`,
    'bind 127.0.0.1',
    'protected-mode yes',
    `requirepass ${await readSecret(plan.dir, 'redis-password')}`,
    `dir "${directory}"`,
    `maxmemory ${REDIS_MAXMEMORY}`,
    `maxmemory-policy ${REDIS_POLICY}`,
    'maxclients 500',
    'save 300 100',
    'appendonly no',
    'slowlog-log-slower-than 5000',
    'daemonize no',
  ]
  await writeFile(config, `${lines.join('\n')}\n`, {mode: 0o600})
  if (account !== undefined) await chown(config, account.uid, account.gid)
}

export function redisPart(plan: LabPlan): Part {
  return {
    name: 'redis',
    port: plan.ports.redis,
    log: logFile(plan, 'redis'),
    pidFile: pidFile(plan, 'redis'),
    stop: {graceMs: 5000},
    startMs: 15_000,
    spec: async () => ({
      argv: [plan.programs.redis, join(plan.home, 'redis', 'redis.conf')],
      cwd: join(plan.home, 'redis'),
      env: baseEnvironment(plan),
      account: plan.accounts.redis,
      log: logFile(plan, 'redis'),
      pidFile: pidFile(plan, 'redis'),
    }),
    ready: async () => (await redisCommand(plan, ['PING'])) === 'PONG',
  }
}

/** One command on a connection of its own; raises when Redis is away or answers with an error. */
export async function redisCommand(
  plan: LabPlan,
  command: readonly [string, ...string[]],
  url: SecretName = 'redis-url',
): Promise<unknown> {
  const redis = new Redis(await readSecret(plan.dir, url), {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 1000,
    commandTimeout: 2000,
  })
  redis.on('error', () => {})
  try {
    await redis.connect()
    return await redis.call(...command)
  } finally {
    redis.disconnect()
  }
}
