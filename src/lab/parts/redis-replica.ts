import {chown, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {logFile, pidFile} from '../plan.ts'
import type {LabPlan} from '../plan.ts'
import {ownedDirectory} from '../home.ts'
import {readSecret} from '../secrets.ts'
import type {Part} from './part.ts'
import {redisCommand, redisPart} from './redis.ts'

export const REDIS_REPLICA = 'redis-replica'
const home = (plan: LabPlan): string => join(plan.home, REDIS_REPLICA)

export async function prepareRedisReplica(plan: LabPlan): Promise<void> {
  const account = plan.accounts.redis
  await ownedDirectory(home(plan), account)
  const config = join(home(plan), 'redis.conf')
  const password = await readSecret(plan.dir, 'redis-password')
  const lines = [
    `port ${plan.ports.redisReplica}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    `masterauth ${password}`,
    `replicaof 127.0.0.1 ${plan.ports.redis}`,
    'repl-diskless-sync-delay 0',
    `dir "${home(plan)}"`,
    'save ""',
    'appendonly no',
    'daemonize no',
  ]
  await writeFile(config, `${lines.join('\n')}\n`, {mode: 0o600})
  if (account !== undefined) await chown(config, account.uid, account.gid)
}

/** A replica of Redis; undefined in a lab of an older version. */
export function redisReplicaPart(plan: LabPlan): Part | undefined {
  const {redisReplica: port} = plan.ports
  if (port === undefined) return undefined
  const redis = redisPart(plan)
  const log = logFile(plan, REDIS_REPLICA)
  return {
    ...redis,
    name: REDIS_REPLICA,
    port,
    log,
    pidFile: pidFile(plan, REDIS_REPLICA),
    spec: async () => ({
      ...(await redis.spec(plan)),
      argv: [plan.programs.redis, join(home(plan), 'redis.conf')],
      cwd: home(plan),
      log,
      pidFile: pidFile(plan, REDIS_REPLICA),
    }),
    ready: async () => (await onReplica(plan, ['PING'])) === 'PONG',
  }
}

/** Whether it has all that Redis has; it begins to ask when it starts, and asks once a second. */
export const redisReplicaFollows = async (plan: LabPlan): Promise<boolean> =>
  String(await onReplica(plan, ['INFO', 'replication'])).includes('master_link_status:up')

/** It follows a port where nobody answers, until `followAgain`; what it has, it keeps. */
export const cutOffRedisReplica = async (plan: LabPlan): Promise<void> => follow(plan, 1)
export const followAgain = async (plan: LabPlan): Promise<void> => follow(plan, plan.ports.redis)

const follow = async (plan: LabPlan, port: number): Promise<void> =>
  void (await onReplica(plan, ['REPLICAOF', '127.0.0.1', String(port)]))

const onReplica = (plan: LabPlan, command: readonly [string, ...string[]]): Promise<unknown> =>
  redisCommand(plan, command, 'redis-replica-url')
