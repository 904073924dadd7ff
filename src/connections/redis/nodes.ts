import {reasonOf} from '../reason.ts'
import {readSlots, type SlotRange, unservedSlots} from './cluster-slots.ts'
import {readClusterState} from './cluster-state.ts'
import {isRefused, RedisRefusal} from './refusal.ts'
import {openBySentinel} from './sentinel.ts'
import {openSession, type RedisSession} from './session.ts'
import {addressText, type RedisUrl} from './url.ts'

/** Every server that together holds what a URL names: one, or all masters of a cluster. */
export interface RedisNodes {
  /** Masters of a cluster; else the one server, whatever its role. Never empty. */
  readonly sessions: readonly [RedisSession, ...RedisSession[]]
  /** Which master serves which slots; undefined: not a cluster. */
  readonly slots: readonly SlotRange[] | undefined
  /** May be used again: what it is connected to cannot change behind it. */
  readonly keeps: boolean
  close(): void
}

/** Connects to the one server that a URL names, or that its Sentinels name. */
export async function openNode(url: RedisUrl, signal: AbortSignal): Promise<RedisNodes> {
  const session = await openFirst(url, signal)
  return {
    sessions: [session],
    slots: undefined,
    keeps: url.sentinel === undefined,
    close: () => session.redis.disconnect(),
  }
}

/** Connects to all of them, or raises the reason: a part is never taken for the whole. */
export async function openNodes(url: RedisUrl, signal: AbortSignal): Promise<RedisNodes> {
  const one = await openNode(url, signal)
  const [first] = one.sessions
  const {mode} = first.identity
  if (mode === 'cluster') return openMasters(url, first, signal)
  if (mode !== 'sentinel') return one
  one.close()
  throw new RedisRefusal('it is a Sentinel and holds no keys: write redis+sentinel://HOST/MASTER')
}

function openFirst(url: RedisUrl, signal: AbortSignal): Promise<RedisSession> {
  const [host = {host: '127.0.0.1', port: 6379}] = url.hosts
  return url.sentinel === undefined ? openSession(url, host, signal) : openBySentinel(url, url.sentinel, signal)
}

async function openMasters(url: RedisUrl, first: RedisSession, signal: AbortSignal): Promise<RedisNodes> {
  const opened: RedisSession[] = [first]
  const close = (): void => opened.forEach(({redis}) => redis.disconnect())
  try {
    const slots = await slotsOf(first)
    const missing = unservedSlots(slots)
    if (missing > 0)
      throw new RedisRefusal(`${missing} of 16384 slots of the cluster are not served`, {status: 'degraded'})
    const [one, ...more] = await Promise.all(
      mastersIn(slots).map(async ({master}) => {
        const session = await openSession(url, master, signal).catch((error: unknown) => {
          signal.throwIfAborted()
          throw new RedisRefusal(`master ${addressText(master)} of the cluster: ${reasonOf(error)}`, {
            status: 'degraded',
            cause: error,
          })
        })
        opened.push(session)
        if (session.identity.mode !== 'cluster' || session.identity.role !== 'master')
          throw new RedisRefusal(`${addressText(master)} is no longer a master of the cluster`, {status: 'degraded'})
        return session
      }),
    )
    if (one === undefined) throw new RedisRefusal('the cluster has no master', {status: 'degraded'})
    const state = await readClusterState(one.redis)
    if (state !== 'ok' && state !== 'unseen') throw new RedisRefusal(state.fault, {status: 'degraded'})
    return {sessions: [one, ...more], slots, keeps: false, close}
  } catch (error) {
    close()
    throw error
  }
}

/** Raises `RedisRefusal` where this role may not ask: then the node is a part, and of what is not known. */
export async function slotsOf({redis, address}: RedisSession): Promise<readonly SlotRange[]> {
  try {
    return readSlots(await redis.cluster('SLOTS'), address)
  } catch (error) {
    if (!isRefused(error)) throw error
    throw new RedisRefusal('it is one node of a cluster, and this role may not run CLUSTER SLOTS to find the others', {
      status: 'degraded',
      cause: error,
    })
  }
}

const mastersIn = (slots: readonly SlotRange[]): readonly SlotRange[] =>
  slots.filter(({master}, index) => slots.findIndex(one => addressText(one.master) === addressText(master)) === index)
