import {OpsError} from '../errors.ts'
import type {Fault} from './fault-text.ts'
import {partsOf} from './parts/list.ts'
import type {Part} from './parts/part.ts'
import {emptyPooler, fillPooler, POOLER} from './parts/pooler.ts'
import {cutOffRedisReplica, followAgain, REDIS_REPLICA} from './parts/redis-replica.ts'
import {REDIS_MAXMEMORY, REDIS_POLICY, redisCommand} from './parts/redis.ts'
import {cutOffReplica, delayReplica, REPLICA, streamAgain} from './parts/replica.ts'
import type {LabPlan} from './plan.ts'

/** What a running server is told so that it misbehaves, and how it is told to behave again. */
interface ServerFault {
  readonly part: string
  inject(plan: LabPlan, ms: number): Promise<void>
  fix(plan: LabPlan): Promise<void>
}

export type ServerFaultKind = Exclude<Fault, {part: unknown} | {instance: unknown} | {on: unknown}>['kind']

export const SERVER_FAULTS: Readonly<Record<ServerFaultKind, ServerFault>> = {
  'redis-full': {
    part: 'redis',
    inject: async plan => {
      await redisCommand(plan, ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'])
      await redisCommand(plan, ['CONFIG', 'SET', 'maxmemory', '1mb'])
    },
    fix: async plan => {
      await redisCommand(plan, ['CONFIG', 'SET', 'maxmemory', REDIS_MAXMEMORY])
      await redisCommand(plan, ['CONFIG', 'SET', 'maxmemory-policy', REDIS_POLICY])
    },
  },
  'replica-cut': {part: REPLICA, inject: cutOffReplica, fix: streamAgain},
  'replica-lag': {part: REPLICA, inject: delayReplica, fix: plan => delayReplica(plan, 0)},
  'redis-replica-cut': {part: REDIS_REPLICA, inject: cutOffRedisReplica, fix: followAgain},
  'pooler-full': {part: POOLER, inject: fillPooler, fix: emptyPooler},
}

/** Raises `usage/arguments` for a part that this lab does not have. */
export function requirePart(plan: LabPlan, name: string): Part {
  const part = partsOf(plan).find(candidate => candidate.name === name)
  if (part !== undefined) return part
  throw new OpsError('usage/arguments', `there is no ${name} in this lab`, {
    hint: plan.notes.find(note => note.includes(name)) ?? 'Take the lab down and up again to get one.',
  })
}
