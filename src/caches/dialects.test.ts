import {expect, test} from 'vitest'
import {readHello} from '../connections/redis/identity.ts'
import {parseInfo, versionIn} from '../connections/redis-info.ts'
import {readInfo} from '../probes/redis/probe.ts'
import {countersIn, ratesSince} from './counters.ts'
import {figuresIn, healthIn, persistenceIn, roleIn} from './info.ts'

// Not run: answers of servers that are not here, in the fields and values that were published. What is shown of them is
// true or not known.
const DIALECTS = {
  // github.com/dragonflydb/dragonfly issue 5431, INFO ALL of df-v1.31.0.
  dragonfly: `# Server
redis_version:7.4.0
dragonfly_version:df-v1.31.0
redis_mode:standalone
tcp_port:6379
# Clients
connected_clients:6
# Memory
used_memory:16511056
used_memory_rss:413818880
maxmemory:419430400
maxmemory_policy:noeviction
# Stats
total_commands_processed:6240
instantaneous_ops_per_sec:1
instantaneous_input_kbps:-1
rejected_connections:-1
evicted_keys:0
keyspace_hits:100
keyspace_misses:100
cmdstat_pexpiretime:calls=80,usec=9`,
  // github.com/Snapchat/KeyDB issue 419, INFO of an active replica.
  keydb: `# Server
redis_version:6.3.0
redis_mode:standalone
run_id:a
# Memory
used_memory:18875272
maxmemory:0
maxmemory_policy:noeviction
mem_fragmentation_ratio:1.24
# Persistence
loading:0
rdb_last_bgsave_status:ok
aof_enabled:0
aof_last_write_status:ok
# Stats
total_commands_processed:99874
evicted_keys:0
keyspace_hits:27255
keyspace_misses:48
# Replication
role:active-replica
master_host:172.31.27.147
master_port:6379
master_link_status:up
connected_slaves:1
slave0:ip=172.31.27.147,port=6379,state=online,offset=372389,lag=1
# Commandstats
cmdstat_set:calls=1593186,usec=2465090,usec_per_call=1.55,rejected_calls=0,failed_calls=0`,
  // github.com/valkey-io/valkey-doc pull request 427: redis_version stays 7.2.4, valkey_version is the version.
  valkey: `# Server
redis_version:7.2.4
server_name:valkey
valkey_version:8.1.3
redis_mode:standalone
run_id:b
# Memory
used_memory:1000
maxmemory:2000
maxmemory_policy:allkeys-lru
# Persistence
rdb_last_bgsave_status:ok
aof_enabled:1
aof_last_write_status:ok
# Stats
total_commands_processed:10
evicted_keys:0
keyspace_hits:30
keyspace_misses:80
# Replication
role:master
connected_slaves:0
# Commandstats
cmdstat_pexpiretime:calls=10,usec=9`,
}

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
  const info = parseInfo(DIALECTS[name])
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
  const info = parseInfo(DIALECTS.keydb.replace('master_link_status:up', 'master_link_status:down'))
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
