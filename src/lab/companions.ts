import {messageOf} from '../errors.ts'
import {companions} from './parts/list.ts'
import {POOLER, preparePooler} from './parts/pooler.ts'
import {ALERTMANAGER, prepareAlertmanager, preparePrometheus, PROMETHEUS} from './parts/prometheus.ts'
import {prepareRedisReplica, REDIS_REPLICA} from './parts/redis-replica.ts'
import {prepareReplica, REPLICA} from './parts/replica.ts'
import {startPart} from './parts/start.ts'
import type {LabPlan} from './plan.ts'

const PREPARE: Readonly<Record<string, (plan: LabPlan, signal: AbortSignal) => Promise<void>>> = {
  [REPLICA]: prepareReplica,
  [REDIS_REPLICA]: prepareRedisReplica,
  [POOLER]: preparePooler,
  [ALERTMANAGER]: prepareAlertmanager,
  [PROMETHEUS]: preparePrometheus,
}

/** Replicas, pooler, Prometheus and Alertmanager, all at once; `prepared`: with the data of the last time. */
export async function startCompanions(
  plan: LabPlan,
  {signal, progress}: {readonly signal: AbortSignal; readonly progress: (line: string) => void},
  {prepared}: {readonly prepared: boolean},
): Promise<void> {
  const parts = companions(plan)
  if (parts.length > 0) progress(`beside it ${parts.map(({name, port}) => `${name} on port ${port}`).join(', ')}`)
  await together(
    ...parts.map(async part => {
      if (!prepared) await PREPARE[part.name]?.(plan, signal)
      await startPart(plan, part, signal)
    }),
  )
}

/** Waits for all even when one fails: what fails is taken down, and nothing may still be starting then. */
export async function together(...work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work)
  const failed = results.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason instanceof Error ? failed.reason : new Error(messageOf(failed.reason))
}
