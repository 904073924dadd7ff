import {keySlot, readRedirect, type SlotRange} from '../connections/redis/cluster-slots.ts'
import {slotsOf} from '../connections/redis/nodes.ts'
import {RedisRefusal} from '../connections/redis/refusal.ts'
import type {RedisSession} from '../connections/redis/session.ts'
import {addressText, type RedisAddress} from '../connections/redis/url.ts'
import {withDeadline} from './deadline.ts'
import {nodeServer} from './node-server.ts'
import type {CacheServer} from './server.ts'

interface Node {
  readonly session: RedisSession
  readonly server: CacheServer
}

const MAX_REDIRECTS = 5

/** All masters of a cluster as one cache: what is counted is summed, what is removed is removed on each. */
export function clusterServer(
  sessions: readonly [RedisSession, ...RedisSession[]],
  slots: readonly SlotRange[],
  timeoutMs: number,
): CacheServer {
  const nodes = sessions.map((session): Node => ({session, server: nodeServer(session, timeoutMs)}))
  const at = (address: RedisAddress): Node => {
    const found = nodes.find(({session}) => addressText(session.address) === addressText(address))
    if (found === undefined) throw moved()
    return found
  }
  const ownerOf = (key: string): Node => {
    const slot = keySlot(key)
    const range = slots.find(({from, to}) => slot >= from && slot <= to)
    if (range === undefined) throw moved()
    return at(range.master)
  }
  const sizes = (): Promise<readonly (number | undefined)[]> => Promise.all(nodes.map(({server}) => server.size()))
  return {
    identity: sessions[0].identity,
    layout: JSON.stringify(slots),
    get refused() {
      return new Set(nodes.flatMap(({server}) => [...server.refused]))
    },
    ping: async () => void (await Promise.all(nodes.map(({server}) => server.ping()))),
    async infos() {
      const all = await Promise.all(nodes.map(({server}) => server.infos()))
      // Of some of them would be a part that is taken for the whole.
      return all.some(infos => infos.length === 0) ? [] : all.flat()
    },
    size: async () => sumOf(await sizes()),
    async scan(cursor, options) {
      const [place = '0', inner = '0'] = cursor === '0' ? [] : cursor.split(':')
      const node = nodes[Number(place)]
      if (node === undefined) throw moved()
      const step = await node.server.scan(inner, options)
      const next = step.cursor === '0' ? Number(place) + 1 : Number(place)
      return {keys: step.keys, cursor: next === nodes.length ? '0' : `${next}:${step.cursor}`}
    },
    measure: async keys =>
      (await Promise.all([...grouped(keys, ownerOf)].map(([node, own]) => node.server.measure(own)))).flat(),
    async sample(count) {
      const node = pickBySize(nodes, await sizes())
      return node?.server.sample(count)
    },
    async numbers(keys) {
      const found = new Map<string, number | undefined>()
      for (const [node, own] of grouped(keys, key => ownerOf(Buffer.from(key).toString('latin1')))) {
        const values = await node.server.numbers(own)
        own.forEach((key, index) => found.set(key, values[index]))
      }
      return keys.map(key => found.get(key))
    },
    async unlink(keys) {
      const removed = await Promise.all(
        [...grouped(keys, ownerOf)].map(([node, own]) => withDeadline(unlinkEach(node, own, at), timeoutMs)),
      )
      return removed.reduce((sum, one) => sum + one, 0)
    },
    has: key => ownerOf(key).server.has(key),
    slowlogLength: async () => sumOf(await Promise.all(nodes.map(({server}) => server.slowlogLength()))),
    async checkUnmoved() {
      if (JSON.stringify(await slotsOf(sessions[0])) !== JSON.stringify(slots)) throw moved()
    },
  }
}

/** Keys of different slots may not be in one command. One that has moved is followed to where it is. */
async function unlinkEach(node: Node, keys: readonly string[], at: (address: RedisAddress) => Node): Promise<number> {
  const pipeline = node.session.redis.pipeline()
  for (const key of keys) pipeline.unlink(Buffer.from(key, 'latin1'))
  const replies = (await pipeline.exec()) ?? []
  let removed = 0
  for (const [index, key] of keys.entries()) {
    const [error, count] = replies[index] ?? [new Error('no answer'), 0]
    removed += error ? await followRedirects(node, key, error, at) : Number(count)
  }
  return removed
}

async function followRedirects(
  from: Node,
  key: string,
  error: Error,
  at: (address: RedisAddress) => Node,
): Promise<number> {
  let [node, failure] = [from, error]
  for (let hop = 0; hop < MAX_REDIRECTS; hop += 1) {
    const redirect = readRedirect(failure, node.session.address)
    if (redirect === undefined) throw failure
    node = at(redirect.address)
    const pipeline = node.session.redis.pipeline()
    if (redirect.kind === 'ASK') pipeline.call('ASKING')
    pipeline.unlink(Buffer.from(key, 'latin1'))
    const [again, count] = (await pipeline.exec())?.at(-1) ?? [new Error('no answer'), 0]
    if (!again) return Number(count)
    failure = again
  }
  throw moved()
}

/** A random node, each as often as it holds keys. */
function pickBySize(nodes: readonly Node[], sizes: readonly (number | undefined)[]): Node | undefined {
  const total = sumOf(sizes)
  if (total === undefined) return undefined
  let left = Math.random() * total
  return nodes.find((_, index) => (left -= sizes[index] ?? 0) < 0) ?? nodes.at(-1)
}

function grouped<T>(keys: readonly string[], ownerOf: (key: string) => T): ReadonlyMap<T, readonly string[]> {
  const groups = new Map<T, string[]>()
  for (const key of keys) {
    const owner = ownerOf(key)
    groups.set(owner, [...(groups.get(owner) ?? []), key])
  }
  return groups
}

/** Undefined where one of them does not tell. */
const sumOf = (numbers: readonly (number | undefined)[]): number | undefined =>
  numbers.includes(undefined) ? undefined : numbers.reduce<number>((sum, one) => sum + (one ?? 0), 0)

const moved = (): RedisRefusal =>
  new RedisRefusal('slots of the cluster moved to other masters meanwhile; do it again', {status: 'degraded'})
