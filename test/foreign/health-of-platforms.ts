import {type ForeignDocument, json} from './foreign-document.ts'

/** Documents of frameworks and servers that were tried as an outsider would. */
export const OF_PLATFORMS: readonly ForeignDocument[] = [
  json(
    'Quarkus',
    'ready down',
    {
      status: 'DOWN',
      checks: [
        {
          name: 'Database connections health check',
          status: 'DOWN',
          data: {'<default>': 'Unable to execute the validation check for the default DataSource: Connection refused'},
        },
      ],
    },
    'down',
  ),
  json('Quarkus', 'empty', {status: 'UP', checks: []}, 'up'),
  json(
    'Micronaut',
    'up',
    {
      name: 'app',
      status: 'UP',
      details: {
        compositeDiscoveryClient: {name: 'app', status: 'UP', details: {services: {}}},
        diskSpace: {name: 'app', status: 'UP', details: {total: 1, free: 1, threshold: 10485760}},
      },
    },
    'up',
  ),
  json(
    'Micronaut',
    'db down nested',
    {
      name: 'app',
      status: 'UP',
      details: {
        jdbc: {
          name: 'app',
          status: 'UP',
          details: {'jdbc:postgresql://x': {name: 'app', status: 'DOWN', details: {error: 'org.postgresql'}}},
        },
      },
    },
    'degraded',
  ),
  json(
    'Spatie',
    'laravel-health',
    {
      finishedAt: 1700000000,
      checkResults: [
        {
          name: 'UsedDiskSpace',
          label: 'Disk',
          notificationMessage: 'The disk is almost full (92% used).',
          shortSummary: '92%',
          status: 'failed',
          meta: {disk_space_used_percentage: 92},
        },
      ],
    },
    'degraded',
  ),
  json(
    'Spatie',
    'crashed',
    {
      finishedAt: 1700000000,
      checkResults: [{name: 'Database', status: 'crashed', notificationMessage: '', shortSummary: '', meta: {}}],
    },
    'degraded',
  ),
  json(
    'OhDear',
    'degraded',
    {
      finishedAt: 1,
      checkResults: [
        {name: 'a', status: 'ok'},
        {name: 'b', status: 'warning'},
      ],
    },
    'degraded',
  ),
  json(
    'FastAPI',
    'healthcheck lib',
    {
      status: 'Unhealthy',
      totalTimeTaken: '0:00:00.1',
      entities: [{alias: 'pg', status: 'Unhealthy', timeTaken: '0:00:01', tags: ['db']}],
    },
    'down',
  ),
  json(
    'FastAPI',
    'healthcheck entity only',
    {status: 'Healthy', entities: [{alias: 'pg', status: 'Unhealthy'}]},
    'degraded',
    {sole: true},
  ),
  json(
    'NestJS',
    'error',
    {
      status: 'error',
      info: {google: {status: 'up'}},
      error: {db: {status: 'down', message: 'timeout'}},
      details: {google: {status: 'up'}, db: {status: 'down', message: 'timeout'}},
    },
    'down',
  ),
  json('NestJS', 'shutting', {status: 'shutting_down', info: {}, error: {}, details: {}}, 'degraded'),
  json('grpc', 'gateway not serving', {status: 'NOT_SERVING'}, 'down'),
  json('grpc', 'gateway serving', {status: 'SERVING'}, 'up'),
  json('grpc', 'gateway unknown service', {code: 5, message: 'unknown service', details: []}, 'degraded', {sole: true}),
  json('grpc', 'gateway unavailable 200', {code: 14, message: 'connection refused', details: []}, 'degraded', {
    sole: true,
  }),
  json('grpc', 'SERVICE_UNKNOWN', {status: 'SERVICE_UNKNOWN'}, 'degraded'),
  json('Consul', 'leader empty', '""', 'degraded', {sole: true, path: '/v1/status/leader'}),
  json('Consul', 'leader', '"10.1.10.12:8300"', 'up', {path: '/v1/status/leader'}),
  json(
    'Consul',
    'autopilot',
    {Healthy: false, FailureTolerance: 0, Servers: [{ID: 'x', Name: 'n1', SerfStatus: 'failed', Healthy: false}]},
    'down',
  ),
  json(
    'Consul',
    'autopilot part',
    {Healthy: true, FailureTolerance: 0, Servers: [{ID: 'x', Name: 'n1', SerfStatus: 'failed', Healthy: false}]},
    'degraded',
  ),
  json(
    'Vault',
    'standby 200',
    {initialized: true, sealed: false, standby: true, performance_standby: false, version: '1.15'},
    'up',
  ),
  json('Vault', 'recovery', {initialized: true, sealed: true, recovery_seal: true, type: 'shamir'}, 'down'),
  json(
    'RabbitMQ',
    'alarms',
    {
      status: 'failed',
      reason: 'There are alarms in effect in the cluster',
      alarms: [{node: 'rabbit@a', resource: 'memory'}],
    },
    'down',
  ),
  json(
    'RabbitMQ',
    'nodes',
    [{name: 'rabbit@a', running: true, mem_alarm: true, disk_free_alarm: false, partitions: []}],
    'degraded',
    {path: '/api/nodes'},
  ),
  json(
    'RabbitMQ',
    'node not running',
    [{name: 'rabbit@a', running: false, mem_alarm: false, partitions: []}],
    'degraded',
    {path: '/api/nodes'},
  ),
  json(
    'Keycloak',
    'down',
    {
      status: 'DOWN',
      checks: [
        {
          name: 'Keycloak database connections async health check',
          status: 'DOWN',
          data: {'Failing since': '2022-02-04'},
        },
      ],
    },
    'down',
  ),
  json(
    'Traefik',
    'service',
    {status: 'enabled', serverStatus: {'http://10.0.0.1:80': 'DOWN'}, name: 'x@docker'},
    'degraded',
  ),
  json(
    'Nomad',
    'client bad',
    {client: {message: 'no known servers', ok: false}, server: {message: 'ok', ok: true}},
    'degraded',
    {path: '/v1/agent/health'},
  ),
  json('Nomad', 'server bad', {server: {message: 'No cluster leader', ok: false}}, 'degraded'),
  json(
    'Cockroach',
    'degraded',
    {error: 'node is not healthy', code: 14, message: 'node is not healthy', details: []},
    'degraded',
  ),
  json('Cockroach', 'ok', {}, 'up'),
  json(
    'Influx',
    'fail',
    {name: 'influxdb', message: 'ready for queries and writes', status: 'fail', checks: [], version: '2.7'},
    'down',
  ),
  json(
    'Influx',
    'pass',
    {name: 'influxdb', message: 'ready for queries and writes', status: 'pass', checks: [], version: '2.7'},
    'up',
  ),
  json('Influx', 'ready', {status: 'ready', started: '2020', up: '5m'}, 'up'),
  json('Grafana', 'degraded', {database: 'failing', version: '10'}, 'degraded', {path: '/api/health'}),
  json('Jenkins', 'quiet', {mode: 'NORMAL', nodeDescription: 'x', quietingDown: true, numExecutors: 0}, 'degraded', {
    path: '/api/json',
  }),
  json(
    'Jenkins',
    'metrics health',
    {
      'disk-space': {healthy: true},
      'temporary-space': {healthy: false, message: 'low'},
      plugins: {healthy: true},
      'thread-deadlock': {healthy: true},
    },
    'degraded',
  ),
  json('ES', 'red', {cluster_name: 'x', status: 'red'}, 'down', {path: '/_cluster/health'}),
  json(
    'ES8',
    'health_report',
    {
      status: 'yellow',
      cluster_name: 'x',
      indicators: {
        master_is_stable: {status: 'green', symptom: 'ok'},
        shards_availability: {status: 'yellow', symptom: 'x', impacts: [{severity: 2, description: 'x'}]},
      },
    },
    'degraded',
  ),
  json(
    'ES',
    'health_report red part',
    {cluster_name: 'x', indicators: {disk: {status: 'red', symptom: 'full'}}},
    'degraded',
  ),
  json(
    'ES',
    'error',
    {
      error: {
        root_cause: [{type: 'master_not_discovered_exception', reason: null}],
        type: 'master_not_discovered_exception',
        reason: null,
      },
      status: 503,
    },
    'down',
  ),
  json(
    'Kafka',
    'Connect',
    {
      name: 'c',
      connector: {state: 'RUNNING', worker_id: 'x'},
      tasks: [{id: 0, state: 'FAILED', worker_id: 'x', trace: 'org..'}],
      type: 'source',
    },
    'degraded',
    {sole: true},
  ),
  json(
    'Kafka',
    'Connect unassigned',
    {name: 'c', connector: {state: 'UNASSIGNED', worker_id: 'x'}, tasks: [], type: 'source'},
    'degraded',
    {sole: true},
  ),
  json(
    'Solr',
    'admin health',
    {responseHeader: {status: 0, QTime: 1}, status: 'FAILURE', message: 'Host Unavailable: not in live nodes'},
    'down',
  ),
  json('Solr', 'ping', {responseHeader: {zkConnected: false, status: 0, QTime: 1}, status: 'OK'}, 'degraded'),
  json('Solr', 'ok', {responseHeader: {status: 0, QTime: 0}, status: 'OK'}, 'up'),
  json(
    'ZK',
    'admin',
    {command: 'ruok', error: 'This ZooKeeper instance is not currently serving requests'},
    'degraded',
    {sole: true},
  ),
]
