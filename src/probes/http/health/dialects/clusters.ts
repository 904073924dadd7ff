import {
  absent,
  below,
  type Dialect,
  fieldOf,
  filled,
  listOf,
  no,
  noneOf,
  oneOf,
  otherThan,
  sizeOf,
  yes,
} from './dialect.ts'

/** cockroach: NodeLivenessStatus of server/serverpb/admin.proto. Decommissioned nodes are gone on purpose. */
const COCKROACH = ['unknown', 'dead', 'unavailable', 'live', 'decommissioning', 'decommissioned', 'draining']
const cockroach = (at: string): Dialect['signs'] => [
  {at, bad: oneOf(1), is: 'down', says: 'is dead'},
  {at, bad: noneOf(1, 3, 5), says: value => `is ${COCKROACH[Number(value)] ?? `of state ${String(value)}`}`},
]
const hasNone = (key: string, value: string) => (members: unknown) =>
  !listOf(members).some(member => member[key] === value)
const fewerThan = (other: string) => (value: unknown, thing: unknown) => sizeOf(value) < sizeOf(fieldOf(thing, other))
const shareOf = (key: string, other: string) => (value: unknown, thing: unknown) =>
  `${key} ${sizeOf(value)} of ${sizeOf(fieldOf(thing, other))}`
const LEADERS = ['leader', 'master', 'standby_leader']

/** Brokers, consensus and distributed stores. */
export const CLUSTERS: readonly Dialect[] = [
  {
    product: 'RabbitMQ',
    keys: ['mem_alarm', 'partitions'],
    each: '[]',
    name: 'name',
    signs: [{at: 'partitions', bad: filled}],
  },
  {product: 'RabbitMQ', keys: ['mem_alarm', 'partitions'], signs: [{at: 'partitions', bad: filled}]},
  {
    product: 'RabbitMQ',
    keys: ['members', 'online', 'state'],
    signs: [{at: 'online', bad: fewerThan('members'), says: shareOf('online', 'members')}],
  },
  {
    product: 'CockroachDB',
    keys: ['livenessByNodeId'],
    each: 'livenessByNodeId.*',
    own: ['nodes', 'livenessByNodeId'],
    signs: cockroach(''),
  },
  {
    product: 'CockroachDB',
    keys: ['nodes.*.liveness_status'],
    each: 'nodes.*',
    name: 'node_id',
    own: ['nodes'],
    signs: cockroach('liveness_status'),
  },
  {
    product: 'CockroachDB',
    keys: ['livenesses', 'statuses'],
    each: 'statuses.*',
    own: ['livenesses', 'statuses'],
    signs: [
      {at: '', bad: oneOf('NODE_STATUS_DEAD'), is: 'down'},
      {at: '', bad: noneOf('NODE_STATUS_LIVE', 'NODE_STATUS_DEAD', 'NODE_STATUS_DECOMMISSIONED')},
    ],
  },
  {
    product: 'Consul',
    keys: [],
    path: /\/v1\/status\/peers$/,
    signs: [{at: '', bad: value => sizeOf(value) === 0, says: 'no peers'}],
  },
  {
    product: 'Nomad',
    keys: ['SchedulingEligibility'],
    each: '[]',
    name: 'Name',
    signs: [
      {at: 'SchedulingEligibility', bad: otherThan('eligible')},
      {at: 'Drain', bad: yes},
    ],
  },
  {
    product: 'MongoDB',
    keys: ['myState', 'members'],
    each: 'members.*',
    name: 'name',
    own: ['ok', 'members', 'myState'],
    signs: [
      {at: 'health', bad: oneOf(0), is: 'down', says: (_, member) => String(fieldOf(member, 'stateStr'))},
      {at: 'stateStr', bad: noneOf('PRIMARY', 'SECONDARY', 'ARBITER')},
    ],
  },
  {
    product: 'MongoDB',
    keys: ['myState', 'members'],
    signs: [{at: 'members', bad: hasNone('stateStr', 'PRIMARY'), is: 'down', says: 'no primary'}],
  },
  {
    product: 'MongoDB',
    keys: ['isWritablePrimary', 'ok'],
    own: ['ok', 'readOnly'],
    signs: [
      {at: 'ok', bad: otherThan(1), is: 'down'},
      {
        at: 'isWritablePrimary',
        bad: (value, thing) => value === false && fieldOf(thing, 'secondary') === false,
        says: 'is neither primary nor secondary',
      },
    ],
  },
  {
    product: 'etcd',
    keys: ['header', 'raftTerm'],
    signs: [{at: 'leader', bad: absent, says: 'no leader'}],
  },
  {
    product: 'Vault',
    keys: ['ha_enabled', 'leader_address'],
    signs: [
      {
        at: 'leader_address',
        bad: (value, thing) => value === '' && fieldOf(thing, 'ha_enabled') === true,
        says: 'no leader',
      },
    ],
  },
  {
    product: 'Patroni',
    keys: ['members.*.role', 'members.*.state'],
    each: 'members.*',
    name: 'name',
    own: ['members'],
    signs: [
      {at: 'state', bad: oneOf('stopped', 'crashed', 'failed'), is: 'down'},
      {at: 'state', bad: noneOf('running', 'streaming', 'in archive recovery')},
      {at: 'lag', bad: oneOf('unknown')},
    ],
  },
  {
    product: 'Patroni',
    keys: ['members.*.role', 'members.*.state'],
    signs: [
      {
        at: 'members',
        bad: members => !listOf(members).some(({role}) => LEADERS.includes(String(role))),
        is: 'down',
        says: 'no leader',
      },
      {at: 'pause', bad: yes},
    ],
  },
  {
    product: 'Patroni',
    keys: ['patroni', 'role'],
    signs: [
      {at: 'pause', bad: yes},
      {at: 'pending_restart', bad: yes},
      {
        at: 'replication_state',
        bad: (value, thing) =>
          fieldOf(thing, 'role') === 'replica' && value === undefined && fieldOf(thing, 'state') === 'running',
        says: 'replication_state is missing',
      },
    ],
  },
  {
    product: 'NATS',
    keys: ['meta_cluster'],
    signs: [{at: 'meta_cluster.leader', bad: absent, says: 'no leader'}],
  },
  {
    product: 'NATS',
    keys: ['meta_cluster'],
    each: 'meta_cluster.replicas.*',
    name: 'name',
    signs: [
      {at: 'offline', bad: yes, is: 'down'},
      {at: 'current', bad: no},
    ],
  },
  {
    product: 'ScyllaDB, Trino',
    keys: [],
    path: /\/gossiper\/endpoint\/down\/?$|\/v1\/node\/failed$/,
    signs: [{at: '', bad: filled}],
  },
  {
    product: 'Kafka REST',
    keys: ['kind', 'data'],
    path: /\/brokers$/,
    signs: [{at: 'data', bad: value => sizeOf(value) === 0, says: 'no brokers'}],
  },
  {
    product: 'ZooKeeper',
    keys: ['server_state', 'quorum_size', 'synced_followers'],
    signs: [
      {
        at: 'synced_followers',
        bad: (value, thing) => Number(value) < Number(fieldOf(thing, 'quorum_size')) - 1,
      },
    ],
  },
  {
    product: 'CouchDB',
    keys: ['all_nodes', 'cluster_nodes'],
    signs: [{at: 'all_nodes', bad: fewerThan('cluster_nodes'), says: shareOf('all_nodes', 'cluster_nodes')}],
  },
  {
    product: 'Couchbase',
    keys: ['nodes.*.clusterMembership'],
    each: 'nodes.*',
    name: 'hostname',
    signs: [{at: 'clusterMembership', bad: otherThan('active')}],
  },
  {
    product: 'Hazelcast',
    keys: ['clusterSafe', 'nodeState'],
    signs: [
      {at: 'clusterSafe', bad: no},
      {at: 'clusterState', bad: otherThan('ACTIVE')},
      {at: 'nodeState', bad: otherThan('ACTIVE')},
    ],
  },
  {
    product: 'Druid',
    keys: [],
    path: /\/coordinator\/v1\/loadstatus$/,
    each: '*',
    signs: [{at: '', bad: below(100), says: value => `${String(value)} % loaded`}],
  },
  {
    product: 'Flink',
    keys: ['taskmanagers', 'slots-total'],
    signs: [{at: 'taskmanagers', bad: oneOf(0)}],
  },
  {
    product: 'Flink',
    keys: ['jobs.*.jid'],
    each: 'jobs.*',
    name: 'name',
    signs: [{at: 'state', bad: oneOf('FAILED', 'FAILING', 'RESTARTING', 'RECONCILING')}],
  },
  {
    product: 'ArangoDB',
    keys: ['Health'],
    each: 'Health.*',
    own: ['Health'],
    signs: [
      {at: 'Status', bad: oneOf('FAILED'), is: 'down', says: 'FAILED'},
      {at: 'Status', bad: otherThan('GOOD', 'FAILED')},
    ],
  },
  {
    product: 'InnoDB Cluster',
    keys: ['defaultReplicaSet'],
    each: 'defaultReplicaSet.topology.*',
    signs: [{at: 'status', bad: otherThan('ONLINE'), is: 'down'}],
  },
]
