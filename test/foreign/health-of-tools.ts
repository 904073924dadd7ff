import {type ForeignDocument, json, text} from './foreign-document.ts'

/** Monitoring, build and queue tools that answer 200 and are not well. */
export const OF_TOOLS: readonly ForeignDocument[] = [
  json(
    'Prometheus',
    'target',
    {
      status: 'success',
      data: {activeTargets: [{labels: {job: 'node', instance: 'a:9100'}, health: 'down', lastError: 'refused'}]},
    },
    'degraded',
    {path: '/api/v1/targets', says: 'refused', sole: true},
  ),
  json(
    'Prometheus',
    'rule',
    {status: 'success', data: {groups: [{name: 'g', rules: [{name: 'r', health: 'err', lastError: 'many-to-many'}]}]}},
    'degraded',
    {path: '/api/v1/rules', says: 'many-to-many', sole: true},
  ),
  json('Alertmanager', 'cluster', {cluster: {status: 'settling', peers: []}, versionInfo: {}}, 'degraded', {
    path: '/api/v2/status',
    says: 'settling',
    sole: true,
  }),
  json('Alertmanager', 'alone', {cluster: {status: 'disabled', peers: []}, versionInfo: {}}, 'up', {
    path: '/api/v2/status',
  }),
  json('Grafana', 'data source', {message: 'dial tcp: connection refused', status: 'ERROR'}, 'down', {
    path: '/api/datasources/uid/x/health',
  }),
  text('Loki', 'services', 'ring => Running\ningester => Starting\nstore => Failed\n', 'degraded', {
    path: '/services',
    failing: {ingester: 'degraded', store: 'down'},
  }),
  text('Loki', 'services well', 'ring => Running\ningester => Running\n', 'up', {path: '/services'}),
  text('Tempo', 'not ready', 'Ingester not ready: waiting for 15s after being ready\n', 'down', {path: '/ready'}),
  text(
    'Tempo',
    'services',
    '+----------+---------+----------------+\n| SERVICE NAME | STATUS | FAILURE CASE |\n+----------+\n| ingester | Failed | x |\n| querier | Running | |\n',
    'degraded',
    {path: '/status/services', failing: {ingester: 'down'}},
  ),
  text('InfluxDB', 'not ready', 'not ready', 'down', {path: '/health'}),
  json(
    'Jenkins',
    'an agent is offline',
    {
      busyExecutors: 1,
      computer: [{displayName: 'linux-2', offline: true, offlineCauseReason: 'Connection was broken'}],
    },
    'degraded',
    {path: '/computer/api/json', says: 'offline is true', failing: {'linux-2': 'down'}, sole: true},
  ),
  json('Jenkins', 'a build failed', {number: 41, result: 'FAILURE', building: false}, 'down', {
    path: '/job/x/lastBuild/api/json',
  }),
  json(
    'Sidekiq',
    'nobody works',
    {sidekiq: {busy: 0, processes: 0, enqueued: 4100, failed: 3}, redis: {}},
    'degraded',
    {
      path: '/sidekiq/stats',
      says: 'processes 0',
      sole: true,
    },
  ),
  json('Sidekiq', 'well', {sidekiq: {busy: 3, processes: 2, enqueued: 4, failed: 31}, redis: {}}, 'up', {
    path: '/sidekiq/stats',
  }),
  json(
    'php-fpm',
    'no process is free',
    {pool: 'www', 'process manager': 'static', 'listen queue': 12, 'idle processes': 0, 'active processes': 5},
    'degraded',
    {path: '/status', says: 'listen queue 12', sole: true},
  ),
  text(
    'php-fpm',
    'no process is free, as text',
    'pool:                 www\nprocess manager:      static\nlisten queue:         12\nidle processes:       0\nactive processes:     5\n',
    'degraded',
    {path: '/status', says: 'listen queue 12', sole: true},
  ),
  text(
    'php-fpm',
    'well, as text',
    'pool:                 www\nprocess manager:      static\nlisten queue:         0\nidle processes:       2\nactive processes:     3\n',
    'up',
    {path: '/status'},
  ),
  json('Flower', 'a worker is gone', {'celery@a': true, 'celery@b': false}, 'degraded', {
    path: '/api/workers',
    failing: {'celery@b': 'down'},
    sole: true,
  }),
  json('OpenTelemetry', 'collector', {status: 'Server available', upSince: '2026-11-02T10:00:00Z'}, 'up', {path: '/'}),
  json('OpenTelemetry', 'collector stops', {status: 'Server not available', upSince: '0001-01-01'}, 'down', {
    path: '/',
  }),
  json('Graylog', 'not processing', {is_processing: false, lifecycle: 'running', lb_status: 'alive'}, 'degraded', {
    path: '/api/system',
    says: 'is_processing is false',
    sole: true,
  }),
  text('Graylog', 'load balancer', 'DEAD', 'down', {path: '/api/system/lbstatus'}),
  json('Splunk', 'collector', {text: 'HEC is unhealthy, queues are full', code: 18}, 'degraded', {
    path: '/services/collector/health',
    says: 'queues are full',
    sole: true,
  }),
  json('Splunk', 'collector well', {text: 'HEC is healthy', code: 17}, 'up', {path: '/services/collector/health'}),
  json(
    'Sentry',
    'problems',
    {
      healthy: {CelerySystemCheck: false},
      problems: [{id: 'x', message: 'workers are not running', severity: 'critical'}],
    },
    'degraded',
    {path: '/_health/', says: 'workers are not running'},
  ),
  json('Slack', 'incidents', {status: 'active', active_incidents: [{title: 'Messages are late'}]}, 'degraded', {
    path: '/api/v2.0.0/current',
    says: 'Messages are late',
    sole: true,
  }),
  json('Longhorn', 'a volume', {name: 'pvc-1', state: 'attached', robustness: 'faulted'}, 'degraded', {
    path: '/v1/volumes/pvc-1',
    says: 'faulted',
    sole: true,
  }),
  json('Concourse', 'a worker is stalled', [{name: 'w1', state: 'stalled', platform: 'linux'}], 'degraded', {
    path: '/api/v1/workers',
    says: 'stalled',
    sole: true,
  }),
  json(
    'Docker',
    'a container is gone',
    [{Id: 'a', Names: ['/shop'], State: 'exited', Status: 'Exited (1) now'}],
    'degraded',
    {
      path: '/containers/json',
      failing: {a: 'down'},
    },
  ),
  json(
    'Docker',
    'a container is unhealthy',
    [{Id: 'a', Names: ['/shop'], State: 'running', Status: 'Up 3 minutes (unhealthy)'}],
    'degraded',
    {path: '/containers/json', sole: true},
  ),
  json(
    'Docker',
    'a container',
    [{Id: 'a', Names: ['/shop'], State: 'running', Status: 'Up 3 minutes (healthy)'}],
    'up',
    {
      path: '/containers/json',
    },
  ),
  json('PM2', 'a process', [{name: 'shop', pid: 0, pm2_env: {status: 'errored'}}], 'degraded', {
    says: 'errored',
    sole: true,
  }),
  json(
    'Zeebe',
    'a partition is unhealthy',
    {brokers: [{nodeId: 0, host: 'z', partitions: [{partitionId: 1, role: 'leader', health: 'unhealthy'}]}]},
    'degraded',
    {path: '/v2/topology', says: 'unhealthy', sole: true},
  ),
  json(
    'Eureka',
    'an instance is down',
    {applications: {application: [{name: 'SHOP', instance: [{instanceId: 'shop:1', status: 'DOWN'}]}]}},
    'degraded',
    {path: '/eureka/apps', says: 'DOWN', sole: true},
  ),
  json(
    'AWS',
    'a target is unhealthy',
    {TargetHealthDescriptions: [{Target: {Id: 'i-1', Port: 80}, TargetHealth: {State: 'unhealthy', Reason: 'x'}}]},
    'degraded',
    {says: 'unhealthy', sole: true},
  ),
  json('Flink', 'a job failed', {jobs: [{jid: 'a', name: 'sums', state: 'FAILED'}]}, 'degraded', {
    path: '/jobs/overview',
    sole: true,
  }),
  json('Flink', 'no task manager', {taskmanagers: 0, 'slots-total': 0, 'jobs-running': 1}, 'degraded', {
    path: '/overview',
    says: 'taskmanagers 0',
    sole: true,
  }),
  json('Spark', 'a worker is dead', {status: 'ALIVE', workers: [{id: 'w1', state: 'DEAD'}]}, 'degraded', {
    path: '/json/',
    sole: true,
  }),
  json(
    'EMQX',
    'a node stopped',
    [
      {node: 'emqx@a', node_status: 'running'},
      {node: 'emqx@b', node_status: 'stopped'},
    ],
    'degraded',
    {path: '/api/v5/nodes', failing: {'emqx@b': 'down'}, sole: true},
  ),
  text('EMQX', 'status', 'Node emqx@127.0.0.1 is started\nemqx is not_running', 'degraded', {path: '/status'}),
  json(
    'Sonarqube',
    'a node of the cluster',
    {health: 'GREEN', causes: [], nodes: [{name: 'app-2', health: 'RED', causes: [{message: 'not connected'}]}]},
    'degraded',
    {failing: {'app-2': 'down'}},
  ),
  json('Superset', 'bad', 'BAD', 'down', {path: '/health', contentType: 'text/plain', sole: true}),
  json(
    'Docker Swarm',
    'a node drains',
    [{ID: 'a', Spec: {Availability: 'drain'}, Status: {State: 'ready'}}],
    'degraded',
    {
      path: '/nodes',
      says: 'Availability drain',
      sole: true,
    },
  ),
  json(
    'Amazon ECS',
    'fewer than wanted',
    {services: [{serviceName: 'shop', status: 'ACTIVE', desiredCount: 3, runningCount: 1}]},
    'degraded',
    {
      failing: {shop: 'degraded'},
      says: '1 of 3 run',
      sole: true,
    },
  ),
  json(
    'Statuspage',
    'unresolved',
    {page: {id: 'x'}, incidents: [{name: 'Late', status: 'investigating', impact: 'major'}]},
    'degraded',
    {
      path: '/api/v2/incidents/unresolved.json',
      says: 'investigating',
      sole: true,
    },
  ),
  json('TeamCity', 'an agent', {agent: [{id: 1, name: 'linux', connected: false}]}, 'degraded', {
    path: '/app/rest/agents',
    says: 'connected is false',
    sole: true,
  }),
  json('Mesos', 'an agent', {activated_slaves: 2, unreachable_slaves: 1}, 'degraded', {
    path: '/state',
    says: 'unreachable_slaves 1',
    sole: true,
  }),
  json('Marathon', 'unhealthy tasks', {app: {tasksUnhealthy: 2, tasksRunning: 3}}, 'degraded', {
    path: '/v2/apps/shop',
    says: 'tasksUnhealthy 2',
    sole: true,
  }),
  text('Apache', 'no worker is idle', 'Total Accesses: 1\nBusyWorkers: 10\nIdleWorkers: 0\n', 'degraded', {
    path: '/server-status',
    says: 'IdleWorkers 0',
    sole: true,
  }),
  text('Elasticsearch', 'shards', 'shop 0 r UNASSIGNED\nshop 0 p STARTED 1 1kb 10.0.0.1 a\n', 'degraded', {
    path: '/_cat/shards',
    failing: {'shop 0 r': 'degraded'},
    sole: true,
  }),
  text('supervisord', 'fatal', 'web RUNNING pid 1, uptime 1:00\nworker FATAL Exited too quickly\n', 'degraded', {
    path: '/',
    failing: {worker: 'down'},
    sole: true,
  }),
  text('HAProxy', 'statistics', '# pxname,svname,qcur,status\nweb,a,0,DOWN\nweb,BACKEND,0,UP\n', 'degraded', {
    path: '/stats;csv',
    failing: {'web/a': 'down'},
    sole: true,
  }),
  json('systemd', 'a unit failed', [{unit: 'a.service', load: 'loaded', active: 'failed', sub: 'failed'}], 'degraded', {
    path: '/units',
    failing: {'a.service': 'down'},
    sole: true,
  }),
  json(
    'Amazon RDS',
    'storage is full',
    {DBInstances: [{DBInstanceIdentifier: 'shop', DBInstanceStatus: 'storage-full'}]},
    'degraded',
    {
      failing: {shop: 'degraded'},
      says: 'storage-full',
      sole: true,
    },
  ),
  json(
    'Longhorn',
    'a node',
    {data: [{name: 'n1', conditions: {Ready: {status: 'False', reason: 'KubernetesNodeNotReady'}}}]},
    'degraded',
    {
      path: '/v1/nodes',
      says: 'Ready is False',
      sole: true,
    },
  ),
  json('Jira', 'first run', {state: 'FIRST_RUN'}, 'degraded', {
    path: '/status',
    says: '"FIRST_RUN" is not understood',
    sole: true,
  }),
  json('Jira', 'running', {state: 'RUNNING'}, 'up', {path: '/status'}),
  json('Kafka', 'REST, no broker', {kind: 'KafkaBrokerList', data: []}, 'degraded', {
    path: '/v3/clusters/x/brokers',
    says: 'no brokers',
    sole: true,
  }),
  text(
    'Linux',
    'an array without a disk',
    'md0 : active raid1 sda1[0](F) sdb1[1]\n      100 blocks super 1.2 [2/1] [_U]\n',
    'degraded',
    {
      path: '/mdstat',
      says: '[_U]',
      sole: true,
    },
  ),
]
