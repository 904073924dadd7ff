import {above, type Dialect, fieldOf, filled, listOf, no, noneOf, oneOf, otherThan, yes} from './dialect.ts'

/** Kubernetes: conditions of which `True` is bad news. */
const BAD_CONDITION =
  /(pressure|unavailable|degraded|failed|failure|stalled|terminating|dangling|conflict|corrupt\w*|deadline\w*|oom\w*)$/i
/** Those that say what goes on, not how it is. */
const NO_VERDICT = /^(upgradeable|suspended|paused|complete|successcriteriamet|scaling\w*|able\w*|artifact\w*)$/i
const conditions = (each: string): Dialect => ({
  product: 'Kubernetes',
  keys: [`${each}.type`, `${each}.status`],
  own: ['status'],
  each,
  name: 'type',
  signs: [
    {at: 'status', bad: isBadCondition(false), is: 'down', says: told},
    {at: 'status', bad: isBadCondition(true), says: told},
  ],
})
function isBadCondition(whenTrue: boolean): (value: unknown, thing: unknown) => boolean {
  return (value, thing) => {
    const type = String(fieldOf(thing, 'type'))
    if (NO_VERDICT.test(type) || fieldOf(thing, 'reason') === 'PodCompleted') return false
    return BAD_CONDITION.test(type) ? whenTrue && value !== 'False' : !whenTrue && value !== 'True'
  }
}
const told = (value: unknown, thing: unknown): string =>
  [`is ${String(value)}`, fieldOf(thing, 'reason'), fieldOf(thing, 'message')]
    .filter(part => typeof part === 'string' && part !== '')
    .join(', ')

/** A container that ended well is not ready either. */
const containers = (each: string): Dialect => ({
  product: 'Kubernetes',
  keys: [`${each}.ready`, `${each}.name`],
  each,
  name: 'name',
  signs: [
    {
      at: 'ready',
      bad: (value, thing) => {
        const ended = fieldOf(fieldOf(thing, 'state'), 'terminated')
        return value === false && fieldOf(ended, 'exitCode') !== 0
      },
      is: 'down',
      says: (_, thing) => {
        const state = fieldOf(thing, 'state')
        const why = fieldOf(fieldOf(state, 'waiting') ?? fieldOf(state, 'terminated'), 'reason')
        return typeof why === 'string' ? `is not ready, ${why}` : 'is not ready'
      },
    },
  ],
})
const ENVOY =
  'failed_active_health_check,failed_outlier_check,failed_active_degraded_check,pending_dynamic_removal,excluded_via_immediate_hc_fail'.split(
    ',',
  )
const PHP_FPM: Dialect['signs'] = [
  {
    at: 'listen queue',
    bad: (value, thing) => Number(value) > 0 && Number(fieldOf(thing, 'idle processes')) === 0,
  },
]

/** Proxies, schedulers, queues and the tools of operations. */
export const OPERATIONS: readonly Dialect[] = [
  {
    product: 'Traefik',
    keys: ['http', 'providers', 'features'],
    each: '*.*',
    signs: [
      {at: 'errors', bad: above(0)},
      {at: 'warnings', bad: above(0)},
    ],
  },
  {
    product: 'Envoy',
    keys: ['cluster_statuses'],
    each: 'cluster_statuses.*.host_statuses.*.health_status',
    signs: [
      ...ENVOY.map(at => ({at, bad: yes, is: 'down' as const})),
      {at: 'eds_health_status', bad: otherThan('HEALTHY', 'UNKNOWN')},
    ],
  },
  {
    product: 'Caddy',
    keys: ['num_requests', 'fails', 'address'],
    each: '[]',
    name: 'address',
    signs: [{at: 'fails', bad: above(0)}],
  },
  conditions('status.conditions.*'),
  conditions('items.*.status.conditions.*'),
  conditions('items.*.conditions.*'),
  {
    product: 'Kubernetes',
    keys: ['kind', 'status.phase'],
    signs: [{at: 'status.phase', bad: oneOf('Failed', 'Pending', 'Unknown', 'Lost', 'Released', 'Terminating')}],
  },
  {
    product: 'Kubernetes',
    keys: ['kind', 'status.unavailableReplicas'],
    signs: [{at: 'status.unavailableReplicas', bad: above(0)}],
  },
  containers('status.containerStatuses.*'),
  containers('items.*.status.containerStatuses.*'),
  {
    product: 'Argo CD',
    keys: ['status.sync.status'],
    signs: [{at: 'status.sync.status', bad: otherThan('Synced')}],
  },
  {
    product: 'Airflow',
    keys: ['metadatabase', 'scheduler'],
    // Who never started one has none.
    own: ['triggerer', 'dag_processor'],
    each: '*',
    signs: [{at: 'status', bad: otherThan('healthy', null), is: 'down'}],
  },
  {
    product: 'Alertmanager',
    keys: ['cluster.status', 'versionInfo'],
    own: ['cluster'],
    signs: [{at: 'cluster.status', bad: noneOf('ready', 'disabled')}],
  },
  {
    product: 'Jenkins',
    keys: ['computer', 'busyExecutors'],
    each: 'computer.*',
    name: 'displayName',
    signs: [{at: 'offline', bad: yes, is: 'down'}],
  },
  {
    product: 'Sidekiq',
    keys: ['sidekiq.processes', 'sidekiq.enqueued'],
    own: ['sidekiq'],
    signs: [{at: 'sidekiq.processes', bad: oneOf(0)}],
  },
  {product: 'php-fpm', keys: ['pool', 'listen queue'], signs: PHP_FPM},
  {
    product: 'systemd',
    keys: ['unit', 'load', 'active', 'sub'],
    each: '[]',
    name: 'unit',
    signs: [
      {at: 'active', bad: oneOf('failed'), is: 'down', says: 'failed'},
      {at: 'sub', bad: oneOf('auto-restart')},
    ],
  },
  {
    product: 'Amazon RDS',
    keys: ['DBInstances.*.DBInstanceStatus'],
    each: 'DBInstances.*',
    name: 'DBInstanceIdentifier',
    signs: [{at: 'DBInstanceStatus', bad: noneOf('available', 'backing-up', 'configuring-log-exports')}],
  },
  {
    product: 'Apache',
    keys: ['BusyWorkers', 'IdleWorkers'],
    signs: [{at: 'IdleWorkers', bad: value => Number(value) === 0}],
  },
  {
    product: 'Docker Swarm',
    keys: ['Spec.Availability', 'Status.State'],
    each: '[]',
    name: 'ID',
    signs: [
      {at: 'Status.State', bad: otherThan('ready'), is: 'down'},
      {at: 'Spec.Availability', bad: otherThan('active')},
      {at: 'ManagerStatus.Reachability', bad: otherThan('reachable')},
    ],
  },
  {
    product: 'Amazon ECS',
    keys: ['services.*.desiredCount'],
    each: 'services.*',
    name: 'serviceName',
    signs: [
      {
        at: 'runningCount',
        bad: (value, thing) => Number(value) < Number(fieldOf(thing, 'desiredCount')),
        says: (value, thing) => `${String(value)} of ${String(fieldOf(thing, 'desiredCount'))} run`,
      },
    ],
  },
  {
    product: 'Statuspage',
    keys: ['page', 'incidents'],
    each: 'incidents.*',
    name: 'name',
    own: ['incidents'],
    signs: [{at: 'status', bad: noneOf('resolved', 'postmortem', 'completed', 'scheduled')}],
  },
  {
    product: 'Flower',
    keys: [],
    path: /\/api\/workers$/,
    each: '*',
    signs: [{at: '', bad: no, is: 'down', says: 'is offline'}],
  },
  {
    product: 'Graylog',
    keys: ['is_processing', 'lb_status'],
    signs: [{at: 'is_processing', bad: no}],
  },
  {
    product: 'Splunk',
    keys: ['text', 'code'],
    path: /\/services\/collector\/health/,
    own: ['text', 'code'],
    signs: [{at: 'code', bad: noneOf(17), says: (_, thing) => String(fieldOf(thing, 'text'))}],
  },
  {
    product: 'Sentry',
    keys: ['problems', 'healthy'],
    own: ['healthy'],
    each: 'problems.*',
    name: 'id',
    signs: [{at: '', bad: () => true, says: problem => String(fieldOf(problem, 'message'))}],
  },
  {
    product: 'Slack',
    keys: ['active_incidents'],
    signs: [
      {
        at: 'active_incidents',
        bad: filled,
        says: value =>
          listOf(value)
            .map(({title}) => String(title))
            .join(', '),
      },
    ],
  },
  {
    product: 'Longhorn',
    keys: ['robustness'],
    own: ['state'],
    signs: [{at: 'robustness', bad: otherThan('healthy', 'unknown')}],
  },
]
