import {type ForeignDocument, json, text} from './foreign-document.ts'
import {OF_PLATFORMS} from './health-of-platforms.ts'
import {OF_CLUSTERS} from './health-of-clusters.ts'
import {OF_DATABASES} from './health-of-databases.ts'
import {OF_TOOLS} from './health-of-tools.ts'
import {OF_OPERATIONS} from './health-of-operations.ts'
import {OF_SERVICES} from './health-of-services.ts'
import {OF_STORES} from './health-of-stores.ts'
import {PAGES} from './health-pages.ts'
import {BY_HAND} from './health-by-hand.ts'

/** Documents of software that was not made for us. */
export const FOREIGN_DOCUMENTS: readonly ForeignDocument[] = [
  // Spring Boot Actuator
  json('Spring Boot', 'up', {status: 'UP', groups: ['liveness', 'readiness']}, 'up'),
  json(
    'Spring Boot',
    'up with components',
    {
      status: 'UP',
      components: {
        db: {status: 'UP', details: {database: 'PostgreSQL', validationQuery: 'isValid()'}},
        diskSpace: {
          status: 'UP',
          details: {total: 107361579008, free: 83821539328, threshold: 10485760, path: '/app/.', exists: true},
        },
        ping: {status: 'UP'},
      },
    },
    'up',
  ),
  json(
    'Spring Boot',
    'down',
    {
      status: 'DOWN',
      components: {db: {status: 'DOWN', details: {error: 'connection refused to pg-1'}}, diskSpace: {status: 'UP'}},
    },
    'down',
    {failing: {db: 'down'}, says: 'connection refused to pg-1'},
  ),
  json(
    'Spring Boot',
    'component down under a mapped 200',
    {status: 'UP', components: {mail: {status: 'DOWN'}, db: {status: 'UP'}}},
    'degraded',
    {failing: {mail: 'down'}},
  ),
  json(
    'Spring Boot',
    'out of service',
    {status: 'OUT_OF_SERVICE', components: {readinessState: {status: 'OUT_OF_SERVICE'}}},
    'down',
    {failing: {readinessState: 'down'}},
  ),
  json('Spring Boot', 'unknown', {status: 'UNKNOWN'}, 'degraded', {says: 'UNKNOWN'}),
  json(
    'Spring Boot',
    'composite',
    {
      status: 'DOWN',
      components: {db: {status: 'DOWN', components: {primary: {status: 'UP'}, replica: {status: 'DOWN'}}}},
    },
    'down',
    {failing: {db: 'down', 'db/replica': 'down'}},
  ),
  json(
    'Spring Boot',
    '1.x details',
    {status: 'DOWN', details: {redis: {status: 'DOWN', details: {error: 'Unable to connect'}}}},
    'down',
    {failing: {redis: 'down'}},
  ),
  // ASP.NET
  text('ASP.NET', 'plain healthy', 'Healthy', 'up'),
  text('ASP.NET', 'plain degraded', 'Degraded', 'degraded'),
  text('ASP.NET', 'plain unhealthy', 'Unhealthy', 'down'),
  json(
    'ASP.NET',
    'entries healthy',
    {
      status: 'Healthy',
      totalDuration: '00:00:00.0513',
      entries: {sql: {status: 'Healthy', duration: '00:00:00.01', tags: []}},
    },
    'up',
  ),
  json(
    'ASP.NET',
    'entries degraded',
    {
      status: 'Degraded',
      totalDuration: '00:00:00.05',
      entries: {redis: {status: 'Degraded', description: 'slow'}, sql: {status: 'Healthy'}},
    },
    'degraded',
    {failing: {redis: 'degraded'}, says: 'slow'},
  ),
  json(
    'ASP.NET',
    'unhealthy behind 200',
    {status: 'Unhealthy', entries: {sql: {status: 'Unhealthy', description: 'login failed'}}},
    'down',
    {failing: {sql: 'down'}},
  ),
  json(
    'ASP.NET',
    'results list',
    {status: 'Unhealthy', results: [{name: 'sql', status: 'Unhealthy', description: 'timeout'}]},
    'down',
    {failing: {sql: 'down'}},
  ),
  // IETF health+json
  json(
    'health+json',
    'pass',
    {
      status: 'pass',
      version: '1',
      releaseId: '1.2.2',
      notes: [''],
      output: '',
      serviceId: 'f03e522f',
      description: 'health of authz service',
      checks: {
        'cassandra:responseTime': [
          {componentId: 'dfd6cf2b', componentType: 'datastore', observedValue: 250, observedUnit: 'ms', status: 'pass'},
        ],
      },
    },
    'up',
    {version: '1'},
  ),
  json(
    'health+json',
    'fail',
    {
      status: 'fail',
      checks: {
        'pg:responseTime': [
          {componentType: 'datastore', status: 'fail', observedValue: 900, observedUnit: 'ms', output: 'too slow'},
        ],
      },
    },
    'down',
    {contentType: 'application/health+json', failing: {'pg:responseTime': 'down'}, says: 'too slow'},
  ),
  json(
    'health+json',
    'warn',
    {
      status: 'warn',
      checks: {
        'cpu:utilization': [
          {node: 1, status: 'warn', observedValue: 85},
          {node: 2, status: 'pass', observedValue: 45},
        ],
      },
    },
    'degraded',
    {failing: {'cpu:utilization': 'degraded'}},
  ),
  // MicroProfile / Quarkus / Helidon
  json('MicroProfile', 'up', {status: 'UP', checks: [{name: 'database', status: 'UP', data: {active: 3}}]}, 'up'),
  json(
    'MicroProfile',
    'down',
    {
      status: 'DOWN',
      checks: [
        {name: 'database', status: 'DOWN', data: {reason: 'pool exhausted'}},
        {name: 'disk', status: 'UP'},
      ],
    },
    'down',
    {failing: {database: 'down'}, says: 'pool exhausted'},
  ),
  json(
    'MicroProfile',
    'down in an up document',
    {status: 'UP', checks: [{name: 'database', status: 'DOWN'}]},
    'degraded',
    {failing: {database: 'down'}},
  ),
  json('MicroProfile', 'checks alone', {checks: [{name: 'database', status: 'DOWN'}]}, 'degraded', {
    failing: {database: 'down'},
  }),
  json('MicroProfile', '2.x outcome', {outcome: 'DOWN', checks: [{name: 'db', state: 'DOWN'}]}, 'down', {
    failing: {db: 'down'},
  }),
  // NestJS Terminus
  json(
    'Terminus',
    'ok',
    {status: 'ok', info: {redis: {status: 'up'}}, error: {}, details: {redis: {status: 'up'}}},
    'up',
  ),
  json(
    'Terminus',
    'error',
    {
      status: 'error',
      info: {},
      error: {redis: {status: 'down', message: 'ECONNREFUSED'}},
      details: {redis: {status: 'down', message: 'ECONNREFUSED'}},
    },
    'down',
    {failing: {redis: 'down'}},
  ),
  json('Terminus', 'shutting down', {status: 'shutting_down', info: {}, error: {}, details: {}}, 'degraded'),
  // Django
  json('Django', 'working', {'Cache backend: default': 'working', DatabaseBackend: 'working'}, 'up'),
  json(
    'Django',
    'unavailable',
    {'Cache backend: default': 'working', DatabaseBackend: 'unavailable: Unknown error'},
    'degraded',
    {failing: {DatabaseBackend: 'down'}},
  ),
  json(
    'Django',
    'unexpected result',
    {DatabaseBackend: 'unexpected result: no row', MigrationsHealthCheck: 'working'},
    'up',
    {},
  ),
  // Go
  json(
    'Go',
    'alexliesenfeld/health',
    {
      status: 'down',
      details: {database: {status: 'down', timestamp: '2026-11-02T10:00:00Z', error: 'dial tcp: refused'}},
    },
    'down',
    {failing: {database: 'down'}},
  ),
  json('Go', 'heptiolabs/healthcheck', {'upstream-db': 'dial tcp: i/o timeout', goroutines: 'OK'}, 'up', {}),
  json(
    'Go',
    'hellofresh/health-go',
    {
      status: 'Partially Available',
      timestamp: '2026-11-02T10:00:00Z',
      failures: {rabbitmq: 'Failed during rabbitmq health check'},
      system: {version: 'go1.24'},
    },
    'degraded',
    {says: 'Partially Available'},
  ),
  json('Go', 'gocraft', {postgres: {status: 'ERROR', error: 'no route'}, redis: {status: 'OK'}}, 'degraded', {
    failing: {postgres: 'down'},
  }),
  text('Go', 'ok', 'ok', 'up'),
  text('Go', 'not ok', 'not ok\n', 'down'),
  // Elasticsearch, OpenSearch, Kibana
  json(
    'Elasticsearch',
    'green',
    {
      cluster_name: 'logs',
      status: 'green',
      timed_out: false,
      number_of_nodes: 3,
      unassigned_shards: 0,
      active_shards_percent_as_number: 100,
    },
    'up',
  ),
  json(
    'Elasticsearch',
    'yellow',
    {cluster_name: 'logs', status: 'yellow', timed_out: false, unassigned_shards: 4},
    'degraded',
    {says: 'yellow'},
  ),
  json(
    'Elasticsearch',
    'red',
    {cluster_name: 'logs', status: 'red', timed_out: false, number_of_nodes: 3, unassigned_shards: 41},
    'down',
    {says: 'red'},
  ),
  json('Elasticsearch', 'timed out', {cluster_name: 'logs', status: 'green', timed_out: true}, 'degraded'),
  json(
    'Elasticsearch',
    'health report',
    {
      status: 'yellow',
      cluster_name: 'x',
      indicators: {
        master_is_stable: {status: 'green', symptom: 'stable'},
        shards_availability: {status: 'yellow', symptom: 'This cluster has 1 unavailable replica.'},
      },
    },
    'degraded',
    {failing: {shards_availability: 'degraded'}},
  ),
  json(
    'Kibana',
    'critical',
    {name: 'k', version: {number: '8.1.0'}, status: {overall: {level: 'critical', summary: 'es unavailable'}}},
    'down',
    {version: '8.1.0'},
  ),
  json(
    'Kibana',
    'available',
    {
      name: 'k',
      version: {number: '8.1.0'},
      status: {overall: {level: 'available', summary: 'All services are available'}},
    },
    'up',
    {version: '8.1.0'},
  ),
  // Kubernetes
  text('Kubernetes', 'ok', 'ok', 'up'),
  text('Kubernetes', 'verbose ok', '[+]ping ok\n[+]etcd ok\nhealthz check passed', 'up'),
  text(
    'Kubernetes',
    'verbose failed',
    '[+]ping ok\n[-]etcd failed: reason withheld\nhealthz check failed',
    'degraded',
    {failing: {etcd: 'down'}},
  ),
  json(
    'Kubernetes',
    'component statuses',
    {items: [{metadata: {name: 'scheduler'}, conditions: [{type: 'Healthy', status: 'True'}]}]},
    'up',
  ),
  ...OF_SERVICES,
  ...OF_PLATFORMS,
  ...OF_STORES,
  ...OF_CLUSTERS,
  ...OF_OPERATIONS,
  ...OF_DATABASES,
  ...OF_TOOLS,
  ...PAGES,
  ...BY_HAND,
]
