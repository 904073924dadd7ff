import {Redis} from 'ioredis'
import {expect, onTestFinished, test} from 'vitest'
import {deadline, probeTools} from '../../test/probe-tools.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {startRedis} from '../../test/servers/redis.ts'
import {shutReason} from '../connections/redis/refusal.ts'
import {openRedisProbe} from '../probes/redis/probe.ts'
import {systemClock} from '../units/clock.ts'
import {cacheSchema} from './config.ts'
import {createCacheOps} from './ops.ts'
import {cacheTargets} from './target.ts'

// K1, K10: a server that lets nobody in, or takes no writes, is not up, and says why in words.

async function seenAt(url: string) {
  const secret = (ref: unknown): Promise<string> => Promise.resolve(ref as string)
  const config = {...cacheSchema.parse({name: 'main', url, events: {GONE: ['item:*']}}), environment: 'test'}
  const [target] = cacheTargets({caches: [config]}, {clock: systemClock, secret})
  const probe = openRedisProbe({type: 'redis', url}, {...probeTools, secret})
  const found = [await target!.probe(deadline(20_000)), await probe.run(deadline(20_000))]
  await Promise.all([target?.close?.(), probe.close?.()])
  const removed = await createCacheOps(config, plainTools())
    .remove(['item:*'])
    .catch((error: unknown) => (error as Error).message)
  return {shown: found.map(({status, reason}) => `${status}: ${reason}`), removed}
}

test.each<[string, readonly string[], (url: string) => string, string, boolean]>([
  ['no password', ['--requirepass', 'right'], url => url, 'down: it wants a password', true],
  [
    'a wrong password',
    ['--requirepass', 'right'],
    url => url.replace('//', '//:wrong@'),
    'down: the user or the password is wrong',
    true,
  ],
  [
    'one client too many',
    ['--maxclients', '1'],
    url => url,
    'down: it takes no more clients: maxclients is reached',
    true,
  ],
  [
    'too few replicas to write',
    ['--min-replicas-to-write', '1'],
    url => url,
    'degraded: it refuses writes: no replica is good enough',
    false,
  ],
])('%s', async (_title, args, urlOf, shown, refused) => {
  const server = await startRedis(args)
  onTestFinished(() => server.stop())
  const holder = new Redis(server.url, {enableReadyCheck: false, disableClientInfo: true, protocol: 2})
  holder.on('error', () => {})
  onTestFinished(() => holder.disconnect())
  // It is in, or turned away for good; others that looked whether the server listens may still be leaving.
  await expect
    .poll(() => holder.call('ECHO', 'in').catch((error: unknown) => String(error)), {timeout: 20_000})
    .toMatch(/^in$|NOAUTH/)
  const seen = await seenAt(urlOf(server.url))
  expect(seen.shown).toEqual([shown, shown])
  if (refused) expect(seen.removed).toContain(shown.replace('down: ', ''))
})

test('a server in protected mode says so to others than its own host', () => {
  expect(shutReason('DENIED Redis is running in protected mode because')).toMatch(/^it is in protected mode/)
  expect(shutReason('ERR unknown command')).toBeUndefined()
})
