import type {LabPlan} from '../plan.ts'
import {appPart} from './app.ts'
import {haproxyPart} from './haproxy.ts'
import {loadPart} from './load.ts'
import type {Part} from './part.ts'
import {postgresPart} from './postgres.ts'
import {redisPart} from './redis.ts'

/** Every part in the order in which they start; they stop in reverse. */
export function partsOf(plan: LabPlan): readonly Part[] {
  return [
    postgresPart(plan),
    redisPart(plan),
    ...plan.instances.map(instance => appPart(plan, instance)),
    haproxyPart(plan),
    loadPart(plan),
  ]
}
