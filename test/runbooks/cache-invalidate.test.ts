import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, test} from 'vitest'
import cacheInvalidate from '../../runbooks/cache-invalidate.ts'
import {cacheSchema} from '../../src/caches/config.ts'
import {createCacheOps} from '../../src/caches/ops.ts'
import type {Ops} from '../../src/runbooks/ops.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type RedisServer, startRedis} from '../servers/redis.ts'
import {walkRunbook} from '../servers/walk-runbook.ts'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url, {protocol: 2})
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

function opsOf(tools = plainTools()): Ops {
  const events = {UPDATED: ['item:{id}', 'list:{user}:*'], ALL: ['*:{id}']}
  const namespaces = [{pattern: 'item:*'}, {pattern: 'list:*'}]
  const config = cacheSchema.parse({name: 'main', url: server.url, events, namespaces})
  return {environment: {name: 'test', protected: false}, cache: () => createCacheOps(config, tools)} as unknown as Ops
}

test('an event removes the keys that were counted, and a second run has nothing to do', async () => {
  await redis.mset({'item:1': '', 'item:2': '', 'list:ann:1': '', 'list:ann:2': '', 'list:anna:1': ''})
  const given = {params: {event: 'UPDATED', values: 'id=1,user=ann'}, ops: opsOf()}
  const walked = await walkRunbook(cacheInvalidate, given)
  expect(walked).toMatchObject({outcome: 'done', saved: {counted: 3, removed: 3}})
  expect(walked.facts).toMatchObject({patterns: ['item:1', 'list:ann:*'], cache: 'main', reach: {beyond: []}})
  expect(walked.lines).toContain('3 keys will be removed')
  expect((await redis.keys('*')).sort()).toEqual(['item:2', 'list:anna:1'])
  expect(await walkRunbook(cacheInvalidate, given)).toMatchObject({outcome: 'done', steps: {remove: 'already done'}})
})

test('an event whose wildcard reaches into other namespaces says so in its plan', async () => {
  const walked = await walkRunbook(cacheInvalidate, {params: {event: 'ALL', values: 'id=9'}, ops: opsOf()})
  expect(walked.facts).toMatchObject({
    reach: {namespaces: ['item:*', 'list:*'], beyond: ['item:*', 'list:*']},
  })
})

test.each([
  [{event: 'NOPE'}, /no event "NOPE"/],
  [{event: 'UPDATED', values: 'id=1'}, /needs a value for \{user\}/],
  [{event: 'UPDATED', values: 'id'}, /should be written like/],
])('%j is refused', async (params, message) => {
  await expect(walkRunbook(cacheInvalidate, {params, ops: opsOf()})).rejects.toThrow(message)
})
