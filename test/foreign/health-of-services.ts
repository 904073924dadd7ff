import {type ForeignDocument, json, text} from './foreign-document.ts'

/** What services that are run, not written, say of themselves. */
export const OF_SERVICES: readonly ForeignDocument[] = [
  json(
    'Directus',
    'warn',
    {
      status: 'warn',
      releaseId: '10.8',
      checks: {'pg:responseTime': [{status: 'warn', observedValue: 700, observedUnit: 'ms', threshold: 150}]},
    },
    'degraded',
    {failing: {'pg:responseTime': 'degraded'}, version: '10.8'},
  ),
  json(
    'Directus',
    'ok over its threshold',
    {
      status: 'ok',
      releaseId: '10.8',
      checks: {'pg:responseTime': [{status: 'ok', observedValue: 700, observedUnit: 'ms', threshold: 150}]},
    },
    'degraded',
    {failing: {'pg:responseTime': 'degraded'}, says: 'threshold 150'},
  ),
  json('Grafana', 'ok', {commit: 'abc', database: 'ok', version: '10.1.0'}, 'up', {version: '10.1.0'}),
  json('Grafana', 'failing', {commit: 'abc', database: 'failing', version: '10.1.0'}, 'degraded', {
    failing: {database: 'down'},
  }),
  json('Vault', 'sealed', {initialized: true, sealed: true, standby: false, version: '1.15.0'}, 'down', {
    says: 'sealed',
  }),
  json('Vault', 'active', {initialized: true, sealed: false, standby: false, version: '1.15.0'}, 'up'),
  json('Vault', 'not initialized', {initialized: false, sealed: false, standby: true}, 'down'),
  json(
    'Consul',
    'passing',
    [{Node: 'n1', CheckID: 'serfHealth', Name: 'Serf Health Status', Status: 'passing', Output: 'Agent alive'}],
    'up',
  ),
  json(
    'Consul',
    'critical',
    [
      {Node: 'n1', CheckID: 'serfHealth', Name: 'Serf Health Status', Status: 'passing'},
      {CheckID: 'service:web', Name: 'web', Status: 'critical', Output: 'timeout'},
    ],
    'degraded',
    {failing: {web: 'down'}},
  ),
  json(
    'Statuspage',
    'operational',
    {page: {id: 'x', name: 'Acme'}, status: {indicator: 'none', description: 'All Systems Operational'}},
    'up',
  ),
  json(
    'Statuspage',
    'major',
    {page: {id: 'x'}, status: {indicator: 'major', description: 'Partial System Outage'}},
    'down',
  ),
  json(
    'Statuspage',
    'component',
    {
      page: {id: 'x'},
      status: {indicator: 'minor', description: 'Minor Service Outage'},
      components: [
        {name: 'API', status: 'degraded_performance'},
        {name: 'Web', status: 'operational'},
      ],
    },
    'degraded',
    {failing: {API: 'degraded'}},
  ),
  json('RabbitMQ', 'failed', {status: 'failed', reason: 'resource alarm(s) in effect'}, 'down'),
  json('RabbitMQ', 'ok', {status: 'ok'}, 'up'),
  text('Prometheus', 'healthy', 'Prometheus Server is Healthy.\n', 'up', {path: '/-/healthy'}),
  text('Prometheus', 'not ready', 'Service Unavailable', 'down', {path: '/-/ready'}),
  text('Loki', 'not ready', 'Ingester not ready: waiting for 15s after being ready', 'down', {path: '/ready'}),
]
