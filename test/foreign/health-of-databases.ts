import {type ForeignDocument, json, text} from './foreign-document.ts'

/** Distributed stores and databases of which a part does not answer. */
export const OF_DATABASES: readonly ForeignDocument[] = [
  json(
    'MinIO',
    'a drive is offline',
    {
      status: 'success',
      info: {
        mode: 'online',
        servers: [
          {
            state: 'online',
            endpoint: 'm1:9000',
            drives: [
              {endpoint: '/d1', state: 'ok'},
              {endpoint: '/d2', state: 'offline'},
            ],
          },
        ],
      },
    },
    'degraded',
    {says: 'offline', sole: true},
  ),
  json(
    'MinIO',
    'a server is offline',
    {mode: 'degraded', servers: [{state: 'offline', endpoint: 'm2:9000'}]},
    'degraded',
    {failing: {'m2:9000': 'down'}},
  ),
  json(
    'Patroni',
    'cluster with a failed replica',
    {
      members: [
        {name: 'pg-1', role: 'leader', state: 'running', timeline: 3},
        {name: 'pg-2', role: 'replica', state: 'start failed', lag: 'unknown'},
      ],
    },
    'degraded',
    {path: '/cluster', failing: {'pg-2': 'degraded'}, says: 'start failed', sole: true},
  ),
  json(
    'Patroni',
    'cluster without a leader',
    {members: [{name: 'pg-2', role: 'replica', state: 'running', lag: 0}]},
    'down',
    {path: '/cluster', says: 'no leader', sole: true},
  ),
  json(
    'Patroni',
    'cluster well',
    {
      members: [
        {name: 'pg-1', role: 'leader', state: 'running', timeline: 3},
        {name: 'pg-2', role: 'replica', state: 'streaming', timeline: 3, lag: 0},
      ],
    },
    'up',
    {path: '/cluster'},
  ),
  json(
    'Patroni',
    'paused',
    {state: 'running', role: 'master', server_version: 150004, pause: true, patroni: {scope: 'shop'}},
    'degraded',
    {says: 'pause is true', sole: true},
  ),
  json(
    'Patroni',
    'replica that receives nothing',
    {state: 'running', role: 'replica', server_version: 150004, xlog: {}, patroni: {scope: 'shop'}},
    'degraded',
    {path: '/patroni', says: 'replication_state is missing', sole: true},
  ),
  json(
    'NATS',
    'JetStream without a leader',
    {server_id: 'x', config: {}, meta_cluster: {name: 'c', cluster_size: 3, replicas: [{name: 'n2', offline: true}]}},
    'degraded',
    {path: '/jsz', says: 'no leader', sole: true},
  ),
  json('NATS', 'unavailable', {status: 'unavailable', error: 'JetStream is not current'}, 'down', {path: '/healthz'}),
  json('Pulsar', 'bookie is read-only', {running: true, readOnly: true, shuttingDown: false}, 'degraded', {
    path: '/api/v1/bookie/state',
    says: 'readOnly is true',
  }),
  json(
    'Solr',
    'a replica is down',
    {
      responseHeader: {status: 0, QTime: 4},
      cluster: {
        collections: {shop: {shards: {shard1: {state: 'active', replicas: {n1: {state: 'down', core: 'shop_1'}}}}}},
        live_nodes: ['solr-1:8983_solr'],
      },
    },
    'degraded',
    {path: '/solr/admin/collections', says: 'down', sole: true},
  ),
  json(
    'Redpanda',
    'a node is down',
    {is_healthy: false, unhealthy_reasons: ['nodes_down'], all_nodes: [0, 1], nodes_down: [1]},
    'down',
    {path: '/v1/cluster/health_overview'},
  ),
  json(
    'Redpanda',
    'leaderless, though healthy',
    {is_healthy: true, all_nodes: [0, 1], nodes_down: [], leaderless_partitions: ['kafka/orders/0']},
    'degraded',
    {path: '/v1/cluster/health_overview', says: 'leaderless_partitions kafka/orders/0', sole: true},
  ),
  json(
    'Cassandra',
    'an endpoint is dead',
    {
      entity: [
        {ENDPOINT_IP: '10.0.0.1', IS_ALIVE: 'true'},
        {ENDPOINT_IP: '10.0.0.2', IS_ALIVE: 'false'},
      ],
    },
    'degraded',
    {path: '/api/v0/metadata/endpoints', failing: {'10.0.0.2': 'down'}, sole: true},
  ),
  text(
    'Cassandra',
    'nodetool status',
    'Datacenter: dc1\n===============\nUN  10.0.0.1  1.2 GiB  256  50.0%  a  r1\nDN  10.0.0.2  1.2 GiB  256  50.0%  b  r1\n',
    'degraded',
    {path: '/status', failing: {'10.0.0.2': 'down'}, sole: true},
  ),
  json('ScyllaDB', 'endpoints down', ['10.0.0.2'], 'degraded', {
    path: '/gossiper/endpoint/down/',
    says: '10.0.0.2',
    sole: true,
  }),
  json(
    'TiDB',
    'a member of PD',
    [
      {name: 'pd-1', member_id: 1, health: true},
      {name: 'pd-2', member_id: 2, health: false},
    ],
    'degraded',
    {path: '/pd/api/v1/health', failing: {'pd-2': 'down'}},
  ),
  json(
    'TiDB',
    'a store of TiKV',
    {count: 1, stores: [{store: {id: 4, address: 'tikv-4:20160', state_name: 'Disconnected'}, status: {}}]},
    'degraded',
    {path: '/pd/api/v1/stores', says: 'Disconnected', sole: true},
  ),
  json(
    'YugabyteDB',
    'dead node',
    {dead_nodes: ['yb-3'], most_recent_uptime: 41, under_replicated_tablets: []},
    'degraded',
    {path: '/api/v1/health-check', says: 'dead_nodes yb-3', sole: true},
  ),
  json('YugabyteDB', 'well', {dead_nodes: [], most_recent_uptime: 41, under_replicated_tablets: []}, 'up', {
    path: '/api/v1/health-check',
  }),
  json(
    'ArangoDB',
    'a server failed',
    {Health: {'PRMR-1': {Role: 'DBServer', Status: 'GOOD'}, 'PRMR-2': {Role: 'DBServer', Status: 'FAILED'}}},
    'degraded',
    {path: '/_admin/cluster/health', failing: {'Health/PRMR-2': 'down'}},
  ),
  json('CouchDB', 'a node is missing', {all_nodes: ['couch@a'], cluster_nodes: ['couch@a', 'couch@b']}, 'degraded', {
    path: '/_membership',
    says: 'all_nodes 1 of 2',
    sole: true,
  }),
  json(
    'Couchbase',
    'failed over',
    {nodes: [{hostname: 'cb-2', status: 'healthy', clusterMembership: 'inactiveFailed'}]},
    'degraded',
    {path: '/pools/default', says: 'inactiveFailed', sole: true},
  ),
  json(
    'Qdrant',
    'collection',
    {result: {status: 'yellow', optimizer_status: 'ok', points_count: 5}, status: 'ok', time: 0.00002},
    'degraded',
    {path: '/collections/shop', says: 'yellow', sole: true},
  ),
  json('Typesense', 'out of disk', {ok: false, resource_error: 'OUT_OF_DISK'}, 'down'),
  json(
    'Hazelcast',
    'not safe',
    {nodeState: 'ACTIVE', clusterState: 'FROZEN', clusterSafe: false, migrationQueueSize: 4, clusterSize: 2},
    'degraded',
    {path: '/hazelcast/health', says: 'clusterSafe is false', sole: true},
  ),
  json(
    'Infinispan',
    'a cache failed',
    {cluster_health: {health_status: 'HEALTHY'}, cache_health: [{status: 'FAILED', cache_name: 'sessions'}]},
    'degraded',
    {path: '/rest/v2/container/health', failing: {sessions: 'down'}, sole: true},
  ),
  json(
    'InnoDB Cluster',
    'one member is missing',
    {
      clusterName: 'shop',
      defaultReplicaSet: {
        name: 'default',
        status: 'OK_NO_TOLERANCE_PARTIAL',
        topology: {'mysql-1:3306': {status: 'ONLINE'}, 'mysql-2:3306': {status: '(MISSING)'}},
      },
    },
    'degraded',
    {failing: {defaultReplicaSet: 'degraded', 'defaultReplicaSet/topology/mysql-2:3306': 'down'}, sole: true},
  ),
  json(
    'HDFS',
    'dead data nodes',
    {beans: [{name: 'Hadoop:service=NameNode,name=FSNamesystem', NumDeadDataNodes: 2, MissingBlocks: 3}]},
    'degraded',
    {path: '/jmx', says: 'NumDeadDataNodes 2', sole: true},
  ),
  json('YARN', 'lost nodes', {clusterMetrics: {activeNodes: 3, lostNodes: 2, unhealthyNodes: 0}}, 'degraded', {
    path: '/ws/v1/cluster/metrics',
    says: 'lostNodes 2',
    sole: true,
  }),
  json('Trino', 'starting', {nodeVersion: {version: '440'}, coordinator: true, starting: true}, 'degraded', {
    path: '/v1/info',
    says: 'starting is true',
  }),
  json('Druid', 'segments are not loaded', {wiki: 87.5, orders: 100}, 'degraded', {
    path: '/druid/coordinator/v1/loadstatus',
    failing: {wiki: 'degraded'},
    sole: true,
  }),
  text('Galera', 'not synced', 'Galera cluster node is not synced.\r\n', 'down', {path: '/'}),
  text('Galera', 'synced', 'Galera cluster node is synced.\r\n', 'up', {path: '/'}),
  text('Ceph', 'health', 'HEALTH_WARN 1 osds down; Degraded data redundancy\n', 'degraded', {path: '/health'}),
  text('ClickHouse', 'behind', 'shop.orders:\tAbsolute delay: 320. Relative delay: 320.\n', 'degraded', {
    path: '/replicas_status',
    sole: true,
  }),
  text('ClickHouse', 'well', 'Ok.\n', 'up', {path: '/replicas_status'}),
  json(
    'ZooKeeper',
    'followers are missing',
    {command: 'monitor', error: null, server_state: 'leader', quorum_size: 3, synced_followers: 1},
    'degraded',
    {
      path: '/commands/monitor',
      says: 'synced_followers 1',
      sole: true,
    },
  ),
  json('Trino', 'failed nodes', [{uri: 'http://a:8080', recentFailures: 4.5}], 'degraded', {
    path: '/v1/node/failed',
    sole: true,
  }),
  json('Proxmox', 'a node is off', {data: [{type: 'node', name: 'pve2', online: 0}]}, 'degraded', {
    path: '/api2/json/cluster/status',
    failing: {pve2: 'down'},
    sole: true,
  }),
  json('a list', 'of lines', ['db: down', 'redis: ok'], 'degraded', {path: '/health', says: 'db: down', sole: true}),
]
