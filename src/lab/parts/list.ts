import type {LabPlan} from '../plan.ts'
import {appPart} from './app.ts'
import {haproxyPart} from './haproxy.ts'
import {loadPart} from './load.ts'
import type {Part} from './part.ts'
import {poolerPart} from './pooler.ts'
import {postgresPart} from './postgres.ts'
import {alertmanagerPart, prometheusPart} from './prometheus.ts'
import {redisReplicaPart} from './redis-replica.ts'
import {redisPart} from './redis.ts'
import {replicaPart} from './replica.ts'

/** What the shop does without: a lab of an older version, or without pgbouncer or a Prometheus, has less of it. */
export function companions(plan: LabPlan): readonly Part[] {
  const parts = [replicaPart, redisReplicaPart, poolerPart, alertmanagerPart, prometheusPart]
  return parts.map(part => part(plan)).filter(part => part !== undefined)
}

/** Every part in the order in which they start; they stop in reverse. */
export function partsOf(plan: LabPlan): readonly Part[] {
  return [
    postgresPart(plan),
    redisPart(plan),
    ...plan.instances.map(instance => appPart(plan, instance)),
    haproxyPart(plan),
    loadPart(plan),
    ...companions(plan),
  ]
}
