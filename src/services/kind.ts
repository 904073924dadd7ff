import {defineKind} from '../kinds/define-kind.ts'
import {issuesAt, unknownName} from '../kinds/issue.ts'
import {probes} from '../probes/registry.ts'
import {durationOrDash} from '../units/or-dash.ts'
import {serviceSchema} from './config.ts'
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
    {name: 'web', environment: 'staging', probe: {type: 'http', url: 'https://staging.example.com/health'}},
  ],
  paths: (service, places) => ({...service, probe: probes.paths(service.probe, places)}),
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
  glance: row => [durationOrDash(row.latencyMs), row.version ?? '–'],
})
