import {defineKind} from '../kinds/define-kind.ts'
import {issuesAt, unknownName} from '../kinds/issue.ts'
import {probes} from '../probes/registry.ts'
import {durationOrDash} from '../units/or-dash.ts'
import {serviceSchema} from './config.ts'
import type {Places} from '../kinds/places.ts'
import type {ServiceOps} from './published/ops.ts'
import type {PublishedSpec} from './published/schema.ts'
import {objectiveOf} from './objective.ts'
import {serviceRows} from './service-rows.ts'
import type {PlacedServices} from './target.ts'

const [first, ...others] = probes.examples

/** What answers people and programs, each watched by one probe. */
export const serviceKind = defineKind({
  section: 'services',
  target: 'service',
  meaning: 'What is watched',
  schema: serviceSchema,
  examples: [
    {
      name: 'web',
      environment: 'production',
      probe: first.spec,
      interval: '30s',
      timeout: '5s',
      degradedAbove: '800ms',
      dependsOn: ['shop', 'sessions'],
      objective: {
        availability: '99.9%',
        latency: {below: '500ms', share: '95%'},
        period: '30d',
        minimumEvents: 5,
      },
    },
    ...others.map(({spec, entry}) => ({name: spec.type, environment: 'production', probe: spec, ...entry})),
    {
      name: 'docs',
      environment: 'production',
      probe: {type: 'http', url: 'https://docs.example.com/'},
      published: {
        list: ['platform', 'versions', '--json'],
        read: {versions: 'items', id: 'id', version: 'commit', state: 'state'},
        ready: ['ready'],
        failed: ['error'],
        live: ['live'],
        current: {program: ['platform', 'site', '--json'], at: 'live.id'},
        publish: ['platform', 'publish', '{id}'],
        notUndone: ['what caches keep of it'],
        settle: '5m',
        timeout: '1m',
        again: ['rate limit'],
        env: {PLATFORM_TOKEN: {env: 'PLATFORM_TOKEN'}},
      },
    },
    {name: 'web', environment: 'staging', probe: {type: 'http', url: 'https://staging.example.com/health'}},
  ],
  paths: (service, places) => ({
    ...service,
    probe: probes.paths(service.probe, places),
    ...(service.published === undefined ? {} : {published: publishedPaths(service.published, places)}),
  }),
  objective: objectiveOf,
  check(service, neighbours) {
    const known = neighbours.names('services', 'caches', 'databases')
    return [
      ...issuesAt(['probe'], probes.check(service.probe)),
      ...(service.objective?.latency && objectiveOf(service)?.latency === undefined
        ? [{path: ['objective', 'latency'], message: () => 'should have below, or the service a degradedAbove'}]
        : []),
      ...service.dependsOn.flatMap((needed, at) =>
        needed === service.name
          ? [{path: ['dependsOn', at], message: () => 'should be another one: nothing depends on itself'}]
          : unknownName(['dependsOn', at], needed, known, service.name),
      ),
    ]
  },
  targets: async (config: PlacedServices, tools) => {
    const types = config.services.map(({probe}) => probe.type)
    const [{serviceTargets}, open] = await Promise.all([import('./target.ts'), probes.load(types)])
    return serviceTargets(config, {openProbe: spec => open(spec, tools)})
  },
  rows: serviceRows,
  ops: async () => (_config: PlacedServices, service, tools) => {
    // Only who publishes loads it.
    const open = async (): Promise<ServiceOps> => (await import('./published/ops.ts')).openServiceOps(service, tools)
    return {
      name: service.name,
      publishable: async version => (await open()).publishable(version),
      published: async () => (await open()).published(),
      publish: async version => (await open()).publish(version),
    } satisfies ServiceOps
  },
  glance: row => [durationOrDash(row.latencyMs), row.version ?? '–'],
})

const publishedPaths = (spec: PublishedSpec, places: Places): PublishedSpec => ({
  ...spec,
  list: places.program(spec.list),
  publish: places.program(spec.publish),
  ...(spec.current === undefined ? {} : {current: {...spec.current, program: places.program(spec.current.program)}}),
})
