/** What a server that speaks the protocol of Redis, and is none, says of itself and of what it knows. */
export interface Relative {
  readonly info: string
  /** The answer to HELLO 2. */
  readonly hello: readonly unknown[]
  /** Of the answer to COMMAND those that the console could send: name, arity, flags, first key, last key, step. */
  readonly commands: readonly (readonly [string, number, readonly string[], number, number, number])[]
}

const commandsOf = (text: string): Relative['commands'] =>
  text.split('\n').map(line => {
    const [name = '', arity, flags = '-', ...keys] = line.split(' ')
    const [first = 0, last = 0, step = 0] = keys.map(Number)
    return [name, Number(arity), flags === '-' ? [] : flags.split(','), first, last, step]
  })

// Not run: answers of servers that are not here, in the fields and values that were published, and in those that their
// sources would send.
export const RELATIVES = {
  // github.com/dragonflydb/dragonfly: issue 5431, INFO ALL of df-v1.31.0; COMMAND and HELLO of src/server/*_family.cc and
  // main_service.cc at f8eca6d.
  dragonfly: {
    info: `# Server
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
    hello: [
      'server',
      'redis',
      'version',
      '7.4.0',
      'dragonfly_version',
      'df-v1.31.0',
      'proto',
      2,
      'id',
      5,
      'mode',
      'standalone',
      'role',
      'master',
    ],
    commands: commandsOf(`AUTH -2 loading,noscript,fast 0 0 1
CLIENT -2 loading,noscript 0 0 1
CLUSTER -2 readonly,loading 0 0 1
DBSIZE 1 readonly,fast,loading 0 0 1
EVAL -3 noscript,variadic_keys 3 3 1
EXISTS -2 readonly,fast 1 -1 1
HELLO -1 loading 0 0 1
INFO -1 loading 0 0 1
MEMORY -2 readonly,loading 0 0 1
PEXPIRETIME 2 readonly,fast 1 1 1
PING -1 fast 0 0 1
PTTL 2 readonly,fast 1 1 1
RANDOMKEY 1 readonly 0 0 1
SCAN -2 readonly,fast,loading 0 0 1
SELECT 2 loading,fast 0 0 1
SLOWLOG -2 admin,fast 0 0 1
SUBSTR 4 readonly 1 1 1
TIME 1 loading,fast 0 0 1
UNLINK -2 write 1 -1 1`),
  },
  // github.com/Snapchat/KeyDB: issue 419, INFO of an active replica; COMMAND and HELLO of src/server.cpp and
  // networking.cpp at 603ebb2.
  keydb: {
    info: `# Server
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
    hello: [
      'server',
      'redis',
      'version',
      '6.3.0',
      'proto',
      2,
      'id',
      5,
      'mode',
      'standalone',
      'role',
      'active-replica',
      'modules',
      [],
    ],
    commands: commandsOf(`auth -2 noscript,loading,stale,fast,no_auth 0 0 0
client -2 admin,noscript,random,loading,stale 0 0 0
cluster -2 admin,random,stale 0 0 0
dbsize 1 readonly,fast 0 0 0
eval -3 noscript,skip_monitor,may_replicate,movablekeys 0 0 0
exists -2 readonly,fast 1 -1 1
hello -1 noscript,loading,stale,fast,no_auth 0 0 0
info -1 random,loading,stale 0 0 0
memory -2 readonly,random,movablekeys 0 0 0
ping -1 stale,loading,fast 0 0 0
pttl -2 readonly,random,fast 1 1 1
randomkey 1 readonly,random 0 0 0
scan -2 readonly,random 0 0 0
select 2 loading,stale,fast 0 0 0
slowlog -2 admin,random,loading,stale 0 0 0
substr 4 readonly 1 1 1
time 1 random,loading,stale,fast 0 0 0
unlink -2 write,fast 1 -1 1`),
  },
  // github.com/valkey-io: valkey-doc pull request 427, redis_version stays 7.2.4 and valkey_version is the version; COMMAND
  // and HELLO of src/commands/*.json and networking.c of valkey at 55bbbe0.
  valkey: {
    info: `# Server
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
    hello: [
      'server',
      'valkey',
      'version',
      '8.1.3',
      'proto',
      2,
      'id',
      5,
      'mode',
      'standalone',
      'role',
      'master',
      'modules',
      [],
    ],
    commands: commandsOf(`auth -2 noscript,loading,stale,fast,no_auth,allow_busy 0 0 0
client -2 sentinel 0 0 0
cluster -2 - 0 0 0
dbsize 1 readonly,fast 0 0 0
eval -3 noscript,skip_monitor,may_replicate,no_mandatory_keys,stale,movablekeys 0 0 0
exists -2 readonly,fast 1 -1 1
hello -1 noscript,loading,stale,fast,no_auth,allow_busy 0 0 0
info -1 loading,stale 0 0 0
memory -2 - 0 0 0
pexpiretime 2 readonly,fast 1 1 1
ping -1 fast 0 0 0
pttl 2 readonly,fast 1 1 1
randomkey 1 readonly 0 0 0
scan -2 readonly 0 0 0
select 2 loading,stale,fast 0 0 0
slowlog -2 - 0 0 0
substr 4 readonly 1 1 1
time 1 loading,stale,fast 0 0 0
unlink -2 write,fast 1 -1 1`),
  },
} satisfies Readonly<Record<string, Relative>>
