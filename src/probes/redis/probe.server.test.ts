import {Redis} from 'ioredis'
import {afterAll, expect, test} from 'vitest'
import {deadline, eventually, probeTools} from '../../../test/probe-tools.ts'
import type {RedisServer} from '../../../test/servers/redis.ts'
import {startRedis} from '../../../test/servers/redis.ts'
import {openRedisProbe} from './probe.ts'
import {parseInfo} from '../../connections/redis-info.ts'
import {readInfo} from './probe.ts'

const servers: RedisServer[] = []
afterAll(() => Promise.all(servers.map(server => server.stop())))
const start = async (args: string[] = []): Promise<RedisServer> => {
  const server = await startRedis(args)
  servers.push(server)
  return server
}

test('a live server is up with its measurements; stopped it is down; continued it is up again', async () => {
  const server = await start()
  const probe = openRedisProbe({type: 'redis', url: server.url}, probeTools)
  const result = await probe.run(deadline(5000))
  expect(result).toMatchObject({status: 'up', reason: 'master', detail: {address: server.url}})
  expect(result.values['clients']).toBeGreaterThan(0)
  expect(result.version).toMatch(/^\d+\.\d+/)
  process.kill(server.pid, 'SIGSTOP')
  expect(await probe.run(deadline(200))).toMatchObject({status: 'down', reason: 'no answer within 200 ms'})
  process.kill(server.pid, 'SIGCONT')
  await eventually(async () => expect(await probe.run(deadline(5000))).toMatchObject({status: 'up'}))
  await probe.close?.()
})

test('killed under the probe it is down in words, and never throws', async () => {
  const server = await start()
  const probe = openRedisProbe({type: 'redis', url: server.url}, probeTools)
  expect((await probe.run(deadline(5000))).status).toBe('up')
  process.kill(server.pid, 'SIGKILL')
  await eventually(async () =>
    expect(await probe.run(deadline(5000))).toMatchObject({
      status: 'down',
      reason: `connection refused: 127.0.0.1:${server.port}`,
    }),
  )
})

test('a wrong password is down and does not show in the result', async () => {
  const server = await start(['--requirepass', 'open-sesame'])
  const wrong = openRedisProbe({type: 'redis', url: `redis://:wrong-pass@127.0.0.1:${server.port}`}, probeTools)
  const result = await wrong.run(deadline(5000))
  expect(result.status).toBe('down')
  expect(result.reason).toMatch(/password is wrong/)
  expect(JSON.stringify(result)).not.toContain('wrong-pass')
  const right = openRedisProbe({type: 'redis', url: `redis://:open-sesame@127.0.0.1:${server.port}`}, probeTools)
  expect(await right.run(deadline(5000))).toMatchObject({status: 'up'})
  await right.close?.()
})

test('a secret that cannot be read is down with that reason', async () => {
  const probe = openRedisProbe({type: 'redis', url: {env: 'NOWHERE'}}, probeTools)
  expect(await probe.run(deadline(5000))).toMatchObject({status: 'down', reason: 'no such secret'})
})

test('a node of a cluster that serves no slots is degraded, though it answers; a role that may not ask says so', async () => {
  const node = await startRedis(['--cluster-enabled', 'yes'])
  const probes = ['', 'asker:pw@'].map(user =>
    openRedisProbe({type: 'redis', url: node.url.replace('//', `//${user}`)}, probeTools),
  )
  const admin = new Redis(node.url, {protocol: 2})
  try {
    await admin.call('ACL', 'SETUSER', 'asker', 'on', '>pw', '~*', '+@all', '-cluster|info')
    const [own, asker] = await Promise.all(probes.map(probe => probe.run(deadline(20_000))))
    expect(own).toMatchObject({
      status: 'degraded',
      reason: 'the cluster is down: 16384 of 16384 slots are not served',
    })
    expect(asker?.reason).toContain('of which this role may not read CLUSTER INFO')
  } finally {
    admin.disconnect()
    await Promise.all(probes.map(async probe => probe.close?.()))
    await node.stop()
  }
}, 60_000)

test('full memory is as it should be where keys are evicted', () => {
  const info = parseInfo('maxmemory:100\nused_memory:100\nmaxmemory_policy:allkeys-lru')
  expect(readInfo(info)).toMatchObject({status: 'up', checks: [{name: 'memory', status: 'up'}, {name: 'persistence'}]})
})

test.each([
  ['loading:1', 'loading'],
  ['role:slave\r\nmaster_link_status:down', 'replication'],
  ['rdb_last_bgsave_status:err', 'persistence'],
  ['maxmemory:100\r\nused_memory:100', 'memory'],
])('INFO with %j is degraded by its %s', (info, name) => {
  const found = readInfo(parseInfo(`# Section\r\n${info}\r\n`))
  expect(found.status).toBe('degraded')
  expect(found.checks?.find(check => check.status === 'degraded')?.name).toBe(name)
})
