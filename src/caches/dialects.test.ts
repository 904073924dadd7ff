import {expect, test} from 'vitest'
import {RELATIVES} from '../../test/foreign/redis-relatives.ts'
import {readHello} from '../connections/redis/identity.ts'
import {parseInfo, versionIn} from '../connections/redis-info.ts'
import {readInfo} from '../probes/redis/probe.ts'
import {countersIn, ratesSince} from './counters.ts'
import {figuresIn, healthIn, persistenceIn, roleIn} from './info.ts'

test.each([
  ['dragonfly', {version: 'df-v1.31.0', role: 'unknown', persistence: undefined, usedBytes: 16_511_056}, undefined],
  [
    'keydb',
    {version: '6.3.0', role: 'master, 1 replica', persistence: 'RDB ok, AOF off', usedBytes: 18_875_272},
    {hits: 27_255, misses: 48, seconds: undefined},
  ],
  [
    'valkey',
    {version: '8.1.3', role: 'master', persistence: 'RDB ok, AOF ok', usedBytes: 1000},
    {hits: 20, misses: 80, seconds: undefined},
  ],
] as const)('what %s tells is shown, and nothing else', (name, shown, lookups) => {
  const info = parseInfo(RELATIVES[name].info)
  const {usedBytes} = figuresIn([info])
  expect({...versionIn(info), role: roleIn([info]), persistence: persistenceIn([info]), usedBytes}).toEqual(shown)
  expect(ratesSince(undefined, countersIn([info], 0)).lookups).toEqual(lookups)
  expect([healthIn([info]).status, readInfo(info).status]).toEqual(['up', 'up'])
})

test('a figure of -1, or none, is not known', () => {
  expect(figuresIn([parseInfo('used_memory:-1\r\nmaxmemory:none')])).toEqual({
    usedBytes: undefined,
    maxBytes: undefined,
    fragmentation: undefined,
    clients: undefined,
  })
})

test('a broken link of an active replica is told, though it takes writes', () => {
  const info = parseInfo(RELATIVES.keydb.info.replace('master_link_status:up', 'master_link_status:down'))
  expect(healthIn([info])).toEqual({status: 'degraded', reason: 'the link to the master is down'})
})

test.each([
  [
    ['server', 'redis', 'version', '7.0.15', 'proto', 2, 'mode', 'standalone', 'role', 'master'],
    'standalone',
    'master',
  ],
  [['server', 'valkey', 'version', '8.1.3', 'proto', 2, 'mode', 'cluster', 'role', 'replica'], 'cluster', 'replica'],
  [['server', 'redis', 'mode', 'standalone', 'role', 'active-replica'], 'standalone', 'master'],
  [['server', 'redis', 'mode', 'sentinel', 'modules', []], 'sentinel', 'unknown'],
  ['nonsense', 'unknown', 'unknown'],
])('HELLO %j is %s, %s', (reply, mode, role) => expect(readHello(reply)).toMatchObject({mode, role}))
