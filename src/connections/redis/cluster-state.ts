import type {Redis} from 'ioredis'
import {numberIn, parseInfo} from '../redis-info.ts'
import {isRefused} from './refusal.ts'

/** `unseen`: this role may not ask. */
export type ClusterState = 'ok' | 'unseen' | {readonly fault: string}

/** What CLUSTER INFO says of the cluster as this node sees it; the node itself may be well. */
export async function readClusterState(redis: Pick<Redis, 'cluster'>): Promise<ClusterState> {
  try {
    return clusterStateIn(String(await redis.cluster('INFO')))
  } catch (error) {
    if (!isRefused(error)) throw error
    return 'unseen'
  }
}

/** Slots that fail are told even where the rest is served (`cluster-require-full-coverage no`). */
export function clusterStateIn(text: string): ClusterState {
  const info = parseInfo(text)
  const state = info.get('cluster_state')
  const served = numberIn(info, 'cluster_slots_ok')
  if (state === undefined) return {fault: 'the cluster does not say how it is'}
  const missing = served === undefined || served >= ALL ? '' : `${ALL - served} of ${ALL} slots are not served`
  if (state === 'ok') return missing === '' ? 'ok' : {fault: missing}
  return {fault: ['the cluster is down', missing].filter(part => part !== '').join(': ')}
}

const ALL = 16_384
