import path from 'node:path'
import {stringify} from 'yaml'
import {type ForeignProduction, INSTANCES} from './production.ts'

/** Where backups are kept and what opens them; the same on the old and on the new server. */
export interface Safe {
  readonly directory: string
  readonly recipient: string
  readonly identityFile: string
}

/** What the person on call writes after `init`: the release, the backup and the page, as the documents say. */
export function foreignConfiguration(production: ForeignProduction, safe: Safe, page: string): string {
  const web = `http://127.0.0.1:${production.nginx.port}`
  const quick = {interval: '1s', timeout: '15s'}
  return stringify({
    project: 'flags',
    environments: [{name: 'production', protected: true}],
    services: [
      {name: 'web', probe: {type: 'http', url: `${web}/health`}, ...quick},
      {
        name: 'nginx',
        probe: {type: 'http', url: `${web}/nginx_status`, expect: {body: 'Active connections'}},
        ...quick,
      },
    ],
    databases: [{name: 'shop', url: {env: 'DATABASE_URL'}, ...quick}],
    caches: [
      {
        name: 'redis',
        url: {env: 'REDIS_URL'},
        ...quick,
        namespaces: ['sess', 'cart', 'user', 'page'].map((name, at) => ({pattern: `${name}:*`, ttl: `${at + 1}h`})),
      },
    ],
    backups: [backup(production, safe)],
    releases: [release(production)],
    alerts: {failureThreshold: 2, groupInterval: '1s', channels: [{type: 'webhook', name: 'page', url: page}]},
  })
}

/** The configuration on the new server: the backup, and the database that is not there yet. */
export function newServerConfiguration(production: ForeignProduction, safe: Safe): string {
  return stringify({
    project: 'flags',
    environments: [{name: 'production', protected: true}],
    databases: [{name: 'shop', url: {env: 'DATABASE_URL'}}],
    backups: [backup(production, safe)],
  })
}

function backup({sshd}: ForeignProduction, {directory, recipient, identityFile}: Safe): object {
  return {
    name: 'shop',
    database: 'shop',
    storage: {
      type: 'ssh',
      host: '127.0.0.1',
      port: sshd.port,
      path: directory,
      identityFile: sshd.keyFile,
      knownHostsFile: sshd.knownHostsFile,
    },
    encryption: {recipients: [recipient], identity: {file: identityFile}},
    interval: '2s',
    checks: [{name: 'every customer is there', query: 'select count(*) from shop.customer', expect: '20000'}],
  }
}

function release(production: ForeignProduction): object {
  const {ports, home, sshd, haproxy} = production
  const flags = (...words: readonly string[]) => [
    'ssh',
    '-F',
    sshd.configFor('app'),
    'app',
    path.join(home, 'flags'),
    ...words,
  ]
  const slot = (name: string) => ({
    name,
    instances: INSTANCES.filter(instance => instance.startsWith(name)).map(instance => ({
      name: instance,
      host: 'app',
      url: `http://127.0.0.1:${ports[instance]}`,
    })),
  })
  return {
    name: 'flags',
    service: 'web',
    traffic: {type: 'haproxy', socket: haproxy.socket, backend: 'flags'},
    slots: [slot('blue'), slot('green')],
    healthPath: '/health',
    versionPath: '/api/admin/ui-config',
    instances: {
      type: 'command',
      deploy: flags('start', '{instance}', '{version}'),
      stop: flags('stop', '{instance}'),
      logs: flags('logs', '{instance}'),
      // On a machine that runs everything at once this application took more than a minute to start.
      timeout: '4m',
    },
    smoke: [
      {name: 'a flag that is not there', path: '/api/admin/features/xyz', status: 404, timeout: '15s'},
      {name: 'front page', path: '/', timeout: '15s'},
    ],
    watchFor: '3s',
    // With twenty requests a second a fault of one in ten is what can be seen within seconds; the first answers of a process are slow.
    canary: {stages: [50, 100], stageTime: '8s', toleratedShare: 0.1},
    maxSlowdown: 20,
    interval: '1s',
    timeout: '15s',
  }
}
