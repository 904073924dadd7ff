import {defineKind} from '../kinds/define-kind.ts'
import {checkExpression, doubles, type Issue, issuesAt, unknownName} from '../kinds/issue.ts'
import type {ReleaseConfig, ReleaseInput} from './config.ts'
import {releaseSchema} from './config.ts'
import {instanceDrivers} from './instances/registry.ts'
import {moment} from './moment.ts'
import {releaseRows} from './release-rows.ts'
import type {ReleasesConfig} from './target.ts'
import {trafficDrivers} from './traffic/registry.ts'

const slotOf = (name: string, port: number) => ({
  name,
  instances: [1, 2].map(nth => ({name: `${name}${nth}`, url: `http://10.0.0.1${nth}:${port}`, host: `app${nth}`})),
})

const [traffic, ...otherTraffic] = trafficDrivers.examples
const [instances, ...otherInstances] = instanceDrivers.examples

/** A release that shows a further driver. */
const further = (
  name: string,
  drivers: Pick<ReleaseInput, 'traffic' | 'instances'>,
  entry: Readonly<Record<string, unknown>> | undefined,
): ReleaseInput => ({
  name,
  environment: 'production',
  slots: ['blue', 'green'].map(slot => ({
    name: slot,
    instances: [{name: `${slot}1`, url: `http://${slot}1.internal:8080`}],
  })),
  ...drivers,
  ...entry,
})

export const releaseKind = defineKind({
  section: 'releases',
  target: 'release',
  meaning: 'Releases',
  schema: releaseSchema,
  isNoted: true,
  examples: [
    {
      name: 'web',
      environment: 'production',
      service: 'web',
      traffic: traffic.spec,
      slots: [slotOf('blue', 8080), slotOf('green', 8081)],
      healthPath: '/health/ready',
      versionPath: '/health',
      instances: instances.spec,
      smoke: [{name: 'front page', path: '/', status: 200, body: '<title>Shop', timeout: '5s'}],
      drainTimeout: '1m',
      watchFor: '5m',
      maxErrorRate: 0.05,
      maxSlowdown: 2,
      canary: {stages: [5, 25, 50, 100], stageTime: '5m', alpha: 0.001, tolerated: 2, toleratedShare: 0.01},
      pool: {database: 'shop', connections: 20},
      migrations: {
        check: ['./migrate', 'check', '--from', '{from}', '--to', '{to}'],
        preview: ['./migrate', 'sql', '--from', '{from}', '--to', '{to}'],
        pending: ['./migrate', 'pending', '--from', '{from}', '--to', '{to}'],
        restorePoint: 'shop',
        down: ['./migrate', 'down', '--from', '{from}', '--to', '{to}'],
        timeout: '5m',
      },
      keepOldSlot: '1d',
      interval: '10s',
      timeout: '5s',
    },
    ...otherTraffic.map(({spec, entry}) => further(spec.type, {traffic: spec, instances: instances.spec}, entry)),
    ...otherInstances.map(({spec, entry}) => further(spec.type, {traffic: traffic.spec, instances: spec}, entry)),
  ],
  paths: (release, places) => ({
    ...release,
    traffic: trafficDrivers.paths(release.traffic, places),
    instances: instanceDrivers.paths(release.instances, places),
    ...(release.migrations === undefined
      ? {}
      : {migrations: migrationPaths(release.migrations, argv => places.program(argv))}),
  }),
  check: (release, neighbours) => [
    ...(release.service === undefined ? [] : unknownName(['service'], release.service, neighbours.names('services'))),
    ...(release.pool === undefined
      ? []
      : unknownName(['pool', 'database'], release.pool.database, neighbours.names('databases'))),
    ...(release.migrations?.restorePoint === undefined
      ? []
      : unknownName(['migrations', 'restorePoint'], release.migrations.restorePoint, neighbours.names('backups'))),
    ...issuesAt(['traffic'], trafficDrivers.check(release.traffic)),
    ...issuesAt(['instances'], instanceDrivers.check(release.instances)),
    ...checkCluster(release),
    ...checkSlots(release),
    ...checkStages(release),
    ...release.smoke.flatMap(({body}, at) => checkExpression(['smoke', at, 'body'], body)),
  ],
  targets: async (config: ReleasesConfig & {readonly file: string}, tools) =>
    (await import('./target.ts')).releaseTargets(config, tools),
  rows: (config: ReleasesConfig, watch) => releaseRows(config, watch.view),
  glance: row => [
    row.live === undefined ? 'no live slot' : `${row.live} ${row.version ?? ''}`.trim(),
    row.rollback.ready ? `rollback to ${row.rollback.version ?? row.rollback.slot ?? '?'}` : 'no rollback',
    ...(row.controls ?? []).map(({words, until}) => `${words} until ${moment(until)}`),
  ],
  doctor: async (release, tools) => [
    ...(await trafficDrivers.doctor(release.traffic, tools)),
    ...(await instanceDrivers.doctor(release.instances, tools)),
    ...(await (await import('./ask-release.ts')).askRelease(release, tools)),
  ],
  ops: async ({releases, file}: ReleasesConfig & {readonly file: string}) => {
    const create = await (await import('./ops.ts')).loadReleaseOps(releases)
    return (_config, release, tools) => create(release, tools, file)
  },
})

/** Programs of the project, wherever the program is started. */
const migrationPaths = (
  migrations: NonNullable<ReleaseConfig['migrations']>,
  program: (argv: string[]) => string[],
): NonNullable<ReleaseConfig['migrations']> => ({
  ...migrations,
  ...(migrations.check === undefined ? {} : {check: program(migrations.check)}),
  ...(migrations.pending === undefined ? {} : {pending: program(migrations.pending)}),
  ...(migrations.preview === undefined ? {} : {preview: program(migrations.preview)}),
  ...(migrations.down === undefined ? {} : {down: program(migrations.down)}),
})

/** What starts pods in one cluster and sends users to another would prove nothing. */
function checkCluster({traffic, instances}: ReleaseConfig): Issue[] {
  if (instances.type !== 'kubernetes' || (traffic.type !== 'kubernetes' && traffic.type !== 'gateway')) return []
  const keys = ['context', 'namespace'] as const
  return keys
    .filter(key => instances[key] !== traffic[key])
    .map(key => ({
      path: ['instances', key],
      message: () =>
        `should be that of traffic, ${traffic[key] ?? 'left out'}: its Service selects the pods of instances`,
    }))
}

/** A canary only grows, and only its switch has all of it. */
function checkStages({canary: {stages}}: ReleaseConfig): Issue[] {
  const grows = stages.every((percent, at) => at === 0 || percent > (stages[at - 1] ?? 0))
  return grows ? [] : [{path: ['canary', 'stages'], message: () => 'should grow from stage to stage'}]
}

/** Slots and instances are told apart by name, also by the load balancer. */
function checkSlots({slots}: ReleaseConfig): Issue[] {
  const known = new Set<string>()
  const instances = slots.flatMap((slot, at) =>
    slot.instances.map((instance, nth) => ({
      name: instance.name,
      path: ['slots', at, 'instances', nth, 'name'],
    })),
  )
  return [
    ...doubles(
      'slot',
      ['slots'],
      slots.map(({name}) => name),
    ),
    ...instances
      .filter(({name}) => known.size === known.add(name).size)
      .map(({name, path}) => ({
        path,
        message: () => `should be unique in the release: there is an instance ${name} already`,
      })),
  ]
}
