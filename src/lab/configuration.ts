import {join} from 'node:path'
import {stringify} from 'yaml'
import {BACKEND, controlsDirectory} from './parts/haproxy.ts'
import {POOLER} from './parts/pooler.ts'
import {ALERTMANAGER, PROMETHEUS} from './parts/prometheus.ts'
import {REDIS_REPLICA} from './parts/redis-replica.ts'
import {REPLICA, STANDBY} from './parts/replica.ts'
import {configFile, haproxySocket, instanceProgram, secretFile, writeWhole} from './plan.ts'
import type {LabPlan, SecretName} from './plan.ts'
import {backupRecipient} from './secrets.ts'
import {CUSTOMERS} from './shop.ts'

/** Writes the configuration by which the console watches and changes the lab, like any other system. */
export async function writeConfiguration(plan: LabPlan): Promise<string> {
  const path = configFile(plan.dir)
  const document = configuration(plan, await backupRecipient(plan.dir))
  await writeWhole(path, `${HEADER}${stringify(document, {lineWidth: 120})}`)
  return path
}

const HEADER = `# opsconsole: configuration of the lab, written by "opsconsole lab up" and removed by "opsconsole lab down".
# Intervals are short so that the lab feels live; the defaults suit a real system.
`

/** The document of `config/schema.ts`; a test validates it. */
export function configuration(plan: LabPlan, recipient: string): Record<string, unknown> {
  const secret = (name: SecretName) => ({file: secretFile(plan.dir, name)})
  const {alertmanager} = plan.ports
  const manager =
    alertmanager === undefined
      ? []
      : [{name: 'lab', environment: 'lab', url: `http://127.0.0.1:${alertmanager}`, interval: '5s'}]
  return {
    project: 'shop',
    environments: [{name: 'lab', protected: true, description: 'A small real production on this machine'}],
    services: services(plan, secret),
    databases: databases(plan, secret),
    caches: [cache(secret)],
    backups: [backup(plan, recipient, secret)],
    releases: [release(plan)],
    alerts: {
      failureThreshold: 3,
      degradedFor: '10s',
      groupInterval: '1m',
      channels: [
        {type: 'file', name: 'log', path: join(plan.dir, 'alerts.jsonl'), severities: ['critical', 'warning', 'info']},
        ...manager.map(({url}) => ({type: 'alertmanager', name: ALERTMANAGER, url})),
      ],
      ...(manager.length === 0 ? {} : {alertmanagers: manager}),
    },
  }
}

type Secret = (name: SecretName) => {file: string}

function services(plan: LabPlan, secret: Secret): unknown[] {
  const web = `http://127.0.0.1:${plan.ports.web}`
  const pace = {interval: '2s', timeout: '2s'}
  return [
    {
      name: 'web',
      probe: {type: 'http', url: `${web}/health/detailed`, expect: {status: 200}},
      ...pace,
      degradedAbove: '500ms',
      dependsOn: ['load-balancer', 'postgres', 'redis'],
      objective: {availability: '99.9%'},
    },
    {
      name: 'products',
      probe: {type: 'http', url: `${web}/products?page=1`, expect: {status: 200, body: '"products":'}},
      ...pace,
      degradedAbove: '250ms',
      dependsOn: ['web'],
      objective: {availability: '99.5%'},
    },
    {
      name: 'load-balancer',
      probe: {
        type: 'http',
        url: `http://127.0.0.1:${plan.ports.stats}/metrics`,
        expect: {status: 200, body: 'haproxy_process_start_time_seconds'},
      },
      ...pace,
    },
    {name: 'postgres', probe: {type: 'postgres', url: secret('ops-url')}, ...pace},
    {name: 'redis', probe: {type: 'redis', url: secret('redis-url')}, ...pace},
    ...(plan.ports.replica === undefined
      ? []
      : [{name: REPLICA, probe: {type: 'postgres', url: secret('replica-url'), lagAbove: '5s'}, ...pace}]),
    ...(plan.ports.redisReplica === undefined
      ? []
      : [{name: REDIS_REPLICA, probe: {type: 'redis', url: secret('redis-replica-url')}, ...pace}]),
    ...(plan.ports.pooler === undefined
      ? []
      : [{name: POOLER, probe: {type: 'postgres', url: secret('pooler-url')}, ...pace}]),
    ...([PROMETHEUS, ALERTMANAGER] as const).flatMap(name => {
      const port = plan.ports[name]
      return port === undefined ? [] : [{name, probe: {type: 'http', url: `http://127.0.0.1:${port}/-/ready`}, ...pace}]
    }),
  ]
}

function databases(plan: LabPlan, secret: Secret): unknown[] {
  const pace = {interval: '3s', timeout: '2s'}
  const primary = {name: 'shop', url: secret('ops-url'), adminUrl: secret('admin-url'), ...pace}
  return plan.ports.replica === undefined
    ? [primary]
    : [
        {...primary, standbys: [STANDBY]},
        {name: 'shop-replica', url: secret('replica-url'), ...pace},
      ]
}

function cache(secret: Secret): unknown {
  const counted = (namespace: string) => ({hits: `stats:${namespace}:hits`, misses: `stats:${namespace}:misses`})
  return {
    name: 'shop',
    url: secret('redis-url'),
    interval: '3s',
    timeout: '2s',
    namespaces: [
      {pattern: 'product:list:*', ttl: '30s', ...counted('product:list')},
      {pattern: 'product:item:*', ttl: '5m', ...counted('product:item')},
      {pattern: 'session:*', ttl: '30m'},
      {pattern: 'basket:*', ttl: '1d'},
      {pattern: 'stats:*'},
    ],
    events: {
      PRODUCT_UPDATED: ['product:item:{id}', 'product:list:*'],
      CATALOGUE_IMPORTED: ['product:*'],
      SESSION_REVOKED: ['session:{session}', 'basket:{session}'],
    },
  }
}

function backup(plan: LabPlan, recipient: string, secret: Secret): unknown {
  const user = plan.accounts.postgres?.name
  return {
    name: 'shop',
    database: 'shop',
    storage: {type: 'dir', path: join(plan.dir, 'backups')},
    copies: [{name: 'second', storage: {type: 'dir', path: join(plan.dir, 'backups/second')}}],
    encryption: {recipients: [recipient], identity: secret('backup-key')},
    rpo: '1h',
    keep: 14,
    interval: '5s',
    checks: [
      {name: 'every customer is there', query: 'select count(*) from customers', expect: String(CUSTOMERS)},
      {
        name: 'every order has items',
        query:
          'select count(*) from orders where not exists (select from order_items where order_items.order_id = orders.id)',
        expect: '0',
      },
      {name: 'migrations are known', query: 'select max(version) from schema_migrations', expect: '002-heartbeat'},
    ],
    drill: {
      rto: '5m',
      rpo: '1h',
      binaries: plan.programs.postgresBin,
      ...(user === undefined ? {} : {user}),
    },
  }
}

function release(plan: LabPlan): unknown {
  const program = instanceProgram(plan)
  const slot = (name: 'blue' | 'green') => ({
    name,
    instances: plan.instances
      .filter(instance => instance.slot === name)
      .map(instance => ({name: instance.name, url: `http://127.0.0.1:${instance.port}`})),
  })
  return {
    name: 'web',
    service: 'web',
    traffic: {type: 'haproxy', socket: haproxySocket(plan), backend: BACKEND, controls: controlsDirectory(plan)},
    slots: [slot('blue'), slot('green')],
    healthPath: '/health/ready',
    versionPath: '/health',
    instances: {
      type: 'command',
      deploy: [program, 'deploy', '{instance}', '{version}'],
      stop: [program, 'stop', '{instance}'],
      logs: [program, 'logs', '{instance}'],
      timeout: '40s',
    },
    smoke: [
      {name: 'home page', path: '/', body: '"shop"'},
      {name: 'product list', path: '/products?page=1', body: '"products":'},
      {name: 'product page', path: '/products/1', body: '"price_cents":'},
    ],
    drainTimeout: '30s',
    watchFor: '10s',
    maxErrorRate: 0.05,
    // A lab has 20 requests a second: with the usual 5 % of them a canary would take an hour to prove anything.
    canary: {stages: [20, 50, 100], stageTime: '15s', toleratedShare: 0.05},
    keepOldSlot: '24h',
    interval: '2s',
    timeout: '2s',
  }
}
