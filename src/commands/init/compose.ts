import {writeConfig} from '../../config/write.ts'
import {directoryTemplate} from './directory.ts'
import type {Found, FoundBackend} from './discover.ts'

export interface InitWishes {
  readonly project: string
  readonly environment: string
  readonly host: string
  /** Endpoints that a person named. */
  readonly urls: readonly string[]
  /** A directory that is to be backed up, absolute. */
  readonly directory?: string | undefined
  /** Which of DATABASE_URL and REDIS_URL are set: secrets stay where they are. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The text of a first configuration for what was found: complete, commented, accepted. */
export function composeConfig(found: Found, wishes: InitWishes): string {
  const {services, notes} = servicesFor(found, wishes)
  const values = {
    project: wishes.project,
    environments: [{name: wishes.environment, protected: true, description: 'What people use'}],
    services,
    ...sections(found, wishes),
    alerts: {failureThreshold: 3, degradedFor: '2m', hitRateBelow: 0.5, groupInterval: '5m', channels: []},
    policy: {readOnly: false, promptExpiry: '30m', onFailure: 'undo', runbookDirectories: ['runbooks']},
  }
  const header = [
    'Written by opsconsole init from what answered on this machine. docs/configuration.md lists every key;',
    'opsconsole doctor checks this file.',
    ...[...found.notes, ...notes].map(note => `Note: ${note}`),
  ]
  const release = found.haproxy.find(({servers}) => servers.length >= 2)
  return `${writeConfig(values, {header: header.join('\n')})}${release ? releaseTemplate(release, wishes) : ''}${wishes.directory === undefined ? '' : directoryTemplate(wishes.directory, wishes.environment)}`
}

const only = (list: readonly unknown[]): boolean => list.length === 1

function servicesFor(
  found: Found,
  wishes: InitWishes,
): {readonly services: readonly object[]; readonly notes: readonly string[]} {
  const {host, env} = wishes
  const notes: string[] = []
  const named = wishes.urls.map((url, index) => ({
    name: only(wishes.urls) ? 'web' : `web-${index + 1}`,
    probe: {type: 'http', url},
  }))
  const web = found.http.map(({port, path, status}) => ({
    name: only(found.http) && named.length === 0 ? 'web' : `http-${port}`,
    probe: {
      type: 'http',
      url: `http://${host}:${port}${path}`,
      ...(status === 200 || status === 204 ? {} : {expect: {status: [status]}}),
    },
  }))
  const closed = found.redis.filter(({password}) => password && !env['REDIS_URL'])
  const redis = closed.map(({port}) => {
    notes.push(`Redis on port ${port} requires a password: set REDIS_URL and add it under caches`)
    return {name: only(closed) ? 'redis' : `redis-${port}`, probe: {type: 'tcp', host, port}}
  })
  const unknown = env['DATABASE_URL'] ? [] : found.postgres
  const postgres = unknown.map(port => {
    notes.push(`PostgreSQL on port ${port} is only watched by its port: set DATABASE_URL and add it under databases`)
    return {name: only(unknown) ? 'postgres' : `postgres-${port}`, probe: {type: 'tcp', host, port}}
  })
  const services = [...named, ...web, ...redis, ...postgres]
  if (services.length === 0) notes.push('no HTTP service answered on the usual ports; add yours under services')
  return {services, notes}
}

function sections(found: Found, {host, env}: InitWishes): object {
  const open = found.redis.filter(({password}) => !password)
  const caches = env['REDIS_URL']
    ? [{name: 'redis', url: {env: 'REDIS_URL'}}]
    : open.map(({port}) => ({name: only(open) ? 'redis' : `redis-${port}`, url: `redis://${host}:${port}`}))
  const databases = env['DATABASE_URL'] ? [{name: databaseName(env['DATABASE_URL']), url: {env: 'DATABASE_URL'}}] : []
  return {...(caches.length > 0 ? {caches} : {}), ...(databases.length > 0 ? {databases} : {})}
}

function databaseName(url: string): string {
  const name = URL.canParse(url) ? new URL(url).pathname.slice(1).toLowerCase() : ''
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name) ? name : 'main'
}

/** A release for a backend of HAProxy, commented out: how instances are started is not known. */
function releaseTemplate({socket, backend, servers}: FoundBackend, wishes: InitWishes): string {
  const half = Math.ceil(servers.length / 2)
  const slot = (name: string, members: FoundBackend['servers']) => ({
    name,
    instances: members.map(server => ({name: server.name, url: `http://${server.address}`})),
  })
  const release = {
    releases: [
      {
        name: 'web',
        environment: wishes.environment,
        traffic: {type: 'haproxy', socket, backend},
        slots: [slot('blue', servers.slice(0, half)), slot('green', servers.slice(half))],
        healthPath: '/health/ready',
        instances: {
          type: 'command',
          deploy: ['./deploy-instance', '{instance}', '{version}'],
          stop: ['./stop-instance', '{instance}'],
        },
      },
    ],
  }
  const lines = writeConfig(release).trim().split('\n')
  const intro = `HAProxy answers on ${socket}. To deploy with zero downtime, say how an instance is started and take the # away:`
  return `\n# ${intro}\n${lines.map(line => `#${line === '' ? '' : ` ${line}`}`).join('\n')}\n`
}
