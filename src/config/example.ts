import {storages} from '../backups/storage/registry.ts'
import {instanceDrivers} from '../releases/instances/registry.ts'
import {trafficDrivers} from '../releases/traffic/registry.ts'

const RECIPIENTS = ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p']
const [storage, ...otherStorages] = storages.examples
const [traffic, ...otherTraffic] = trafficDrivers.examples
const [instances, ...otherInstances] = instanceDrivers.examples

/** Further releases, one for each further driver. */
const otherReleases = [
  ...otherTraffic.map(({spec, entry}) => ({traffic: spec, instances: instances?.spec, ...entry})),
  ...otherInstances.map(({spec, entry}) => ({traffic: traffic?.spec, instances: spec, ...entry})),
].map(release => ({
  environment: 'production',
  slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}1`, url: `http://${name}1.internal:8080`}]})),
  ...release,
}))

/**
 * A whole configuration with every key in it, for `docs/example.opsconsole.yaml`. A test holds it complete and valid.
 */
export const EXAMPLE = {
  project: 'shop',
  environments: [
    {name: 'production', protected: true, description: 'What customers use'},
    {name: 'staging', protected: false},
  ],
  services: [
    {
      name: 'web',
      environment: 'production',
      probe: {
        type: 'http',
        url: 'https://shop.example.com/health',
        method: 'GET',
        headers: {Authorization: {env: 'HEALTH_TOKEN'}},
        expect: {status: [200], body: 'ok', json: {'checks.database.status': 'up'}, certificateDays: 14},
        follow: false,
        timeout: '3s',
      },
      interval: '30s',
      timeout: '5s',
      degradedAbove: '800ms',
      dependsOn: ['shop', 'sessions'],
      objective: {availability: '99.9%', period: '30d'},
    },
    {
      name: 'mail',
      environment: 'production',
      probe: {type: 'tcp', host: 'mail.internal', port: 25, send: 'QUIT\r\n', expect: '^220 '},
    },
    {name: 'queue', environment: 'production', probe: {type: 'redis', url: {file: 'secrets/queue-url'}}},
    {
      name: 'replica',
      environment: 'production',
      probe: {type: 'postgres', url: {env: 'REPLICA_URL'}, query: 'select count(*) from orders', lagAbove: '10s'},
    },
    {
      name: 'certificates',
      environment: 'production',
      probe: {type: 'command', command: ['./checks/certificates', '--days', '14']},
      interval: '1h',
    },
    {name: 'web', environment: 'staging', probe: {type: 'http', url: 'https://staging.example.com/health'}},
  ],
  caches: [
    {
      name: 'sessions',
      environment: 'production',
      url: {env: 'REDIS_URL'},
      interval: '30s',
      timeout: '5s',
      namespaces: [
        {pattern: 'resume:list:*', ttl: '2m', hits: 'stats:resume:hits', misses: 'stats:resume:misses'},
        {pattern: 'session:*', ttl: '1d'},
      ],
      events: {RESUME_UPDATED: ['resume:{id}', 'resume:list:{user}:*']},
    },
  ],
  databases: [
    {
      name: 'shop',
      environment: 'production',
      url: {env: 'DATABASE_URL'},
      adminUrl: {command: ['op', 'read', 'op://ops/shop/admin-url']},
      interval: '30s',
      timeout: '5s',
      connectionsAbove: 0.8,
    },
  ],
  backups: [
    {
      name: 'shop',
      environment: 'production',
      database: 'shop',
      method: 'pgdump',
      storage: storage?.spec,
      encryption: {
        recipients: RECIPIENTS,
        identity: {file: '/etc/opsconsole/age-identity'},
      },
      rpo: '1d',
      keep: 14,
      interval: '30s',
      timeout: '10s',
      checks: [{name: 'there are orders', query: 'select count(*) > 0 from orders', expect: 't'}],
      drill: {rto: '15m', rpo: '1d', binaries: '/usr/lib/postgresql/15/bin', user: 'postgres'},
    },
    ...otherStorages.map(({spec, entry}) => ({
      environment: 'production',
      database: 'shop',
      storage: spec,
      encryption: {recipients: RECIPIENTS},
      ...entry,
    })),
  ],
  releases: [
    {
      name: 'web',
      environment: 'production',
      service: 'web',
      traffic: traffic?.spec,
      slots: [
        {
          name: 'blue',
          instances: [
            {name: 'blue1', url: 'http://10.0.0.11:8080', host: 'app1'},
            {name: 'blue2', url: 'http://10.0.0.12:8080', host: 'app2'},
          ],
        },
        {
          name: 'green',
          instances: [
            {name: 'green1', url: 'http://10.0.0.11:8081', host: 'app1'},
            {name: 'green2', url: 'http://10.0.0.12:8081', host: 'app2'},
          ],
        },
      ],
      health: '/health/ready',
      versionPath: '/health',
      instances: instances?.spec,
      smoke: [{name: 'front page', path: '/', status: 200, body: '<title>Shop', timeout: '5s'}],
      drain: '1m',
      watch: '5m',
      maxErrorRate: 0.05,
      keep: '1d',
      interval: '10s',
      timeout: '5s',
    },
    ...otherReleases,
  ],
  alerts: {
    failures: 3,
    degradedFor: '2m',
    hitRateBelow: 0.5,
    cooldown: '5m',
    channels: [
      {
        type: 'file',
        name: 'log',
        path: '/var/log/opsconsole/alerts.jsonl',
        severities: ['critical', 'warning', 'info'],
      },
      {
        type: 'webhook',
        name: 'on-call',
        url: 'https://hooks.example.com/opsconsole',
        token: {env: 'HOOK_TOKEN'},
        severities: ['critical'],
        timeout: '5s',
      },
    ],
  },
  sharedLocks: {url: {env: 'LOCKS_URL'}, expiry: '30s'},
  policy: {
    readOnly: false,
    promptExpiry: '30m',
    onFailure: 'undo',
    approvals: [{runbook: 'restore', environment: 'production', expires: '30m'}],
    runbooks: ['runbooks'],
  },
} as const

export const EXAMPLE_HEADER = `yaml-language-server: $schema=./opsconsole.schema.json
A configuration with every key. Only environments are needed; leave out what you do not use.
Generated by scripts/generate.ts from the schemas: change those.`
