import type {Path} from './document.ts'
import type {SecretRef} from './fields.ts'
import type {Issue} from './issues.ts'
import {oneOf, PLACED, type PlacedConfig} from './place.ts'
import {writeDuration} from './shape.ts'

/** Shorter, and the watcher harms what it watches. */
const SHORTEST_INTERVAL = 100

/** What no section's schema can see alone: names that are used twice, references to what is not there. */
export function crossCheck(config: PlacedConfig): Issue[] {
  return [
    ...doubles(
      'environment',
      ['environments'],
      config.environments.map(({name}) => name),
    ),
    ...PLACED.flatMap(section =>
      doubles(
        section,
        [section],
        config[section].map(({environment, name}) => `${name} in ${environment}`),
      ),
    ),
    ...doubles(
      'channel',
      ['alerts', 'channels'],
      config.alerts.channels.map(({name}) => name),
    ),
    ...references(config),
    ...slots(config),
    ...times(config),
    ...expressions(config),
    ...addresses(config),
  ]
}

function doubles(what: string, path: Path, names: readonly string[]): Issue[] {
  return names.flatMap((name, index) => {
    const first = names.indexOf(name)
    if (first === index) return []
    return [
      {
        path: [...path, index, 'name'],
        message: `should be unique: ${[...path, first].map(String).join('/')} is the ${what.replace(/s$/, '')} ${name} already`,
      },
    ]
  })
}

function references(config: PlacedConfig): Issue[] {
  const inside = (environment: string, ...sections: readonly ('services' | 'caches' | 'databases')[]): string[] =>
    sections.flatMap(section =>
      config[section].filter(entry => entry.environment === environment).map(({name}) => name),
    )
  const issues: Issue[] = []
  const want = (path: Path, name: string, known: readonly string[]): void => {
    if (!known.includes(name)) issues.push({path, message: oneOf(name, known)})
  }
  for (const [index, backup] of config.backups.entries()) {
    want(['backups', index, 'database'], backup.database, inside(backup.environment, 'databases'))
  }
  for (const [index, release] of config.releases.entries()) {
    if (release.service !== undefined)
      want(['releases', index, 'service'], release.service, inside(release.environment, 'services'))
  }
  for (const [index, service] of config.services.entries()) {
    const known = inside(service.environment, 'services', 'caches', 'databases').filter(name => name !== service.name)
    for (const [at, needed] of service.dependsOn.entries()) want(['services', index, 'dependsOn', at], needed, known)
  }
  return issues
}

/** Slots and instances are told apart by name, also by the load balancer. */
function slots(config: PlacedConfig): Issue[] {
  return config.releases.flatMap((release, index) => {
    const path = ['releases', index, 'slots']
    const instances = release.slots.flatMap((slot, at) =>
      slot.instances.map((instance, nth) => ({name: instance.name, path: [...path, at, 'instances', nth, 'name']})),
    )
    return [
      ...doubles(
        'slot',
        path,
        release.slots.map(({name}) => name),
      ),
      ...instances
        .filter(({name}, at) => instances.findIndex(other => other.name === name) !== at)
        .map(({name, path}) => ({
          path,
          message: `should be unique in the release: there is an instance ${name} already`,
        })),
    ]
  })
}

function times(config: PlacedConfig): Issue[] {
  return PLACED.flatMap(section =>
    config[section].flatMap((entry, index): Issue[] => {
      const issues: Issue[] = []
      if (entry.interval < SHORTEST_INTERVAL) {
        issues.push({
          path: [section, index, 'interval'],
          message: `should be at least ${writeDuration(SHORTEST_INTERVAL)}, got ${writeDuration(entry.interval)}`,
        })
      }
      if (entry.timeout <= 0) issues.push({path: [section, index, 'timeout'], message: 'should be more than 0s'})
      return issues
    }),
  )
}

/** Regular expressions that do not compile, found now and not at the first probe. */
function expressions(config: PlacedConfig): Issue[] {
  const written: {readonly path: Path; readonly source: string | undefined}[] = [
    ...config.services.flatMap(({probe}, index) => {
      const path = ['services', index, 'probe', 'expect']
      if (probe.type === 'http') return [{path: [...path, 'body'], source: probe.expect.body}]
      return probe.type === 'tcp' ? [{path, source: probe.expect}] : []
    }),
    ...config.releases.flatMap(({smoke}, index) =>
      smoke.map(({body}, at) => ({path: ['releases', index, 'smoke', at, 'body'], source: body})),
    ),
  ]
  return written.flatMap(({path, source}) => {
    if (source === undefined) return []
    try {
      RegExp(source)
      return []
    } catch (error) {
      return [{path, message: `should be a regular expression: ${(error as Error).message}`}]
    }
  })
}

/** Addresses that are written out. Those that come from a secret are seen only when they are used. */
function addresses(config: PlacedConfig): Issue[] {
  const postgres = /^postgres(ql)?:\/\//
  const redis = /^rediss?:\/\//
  const written: {readonly path: Path; readonly url: SecretRef | undefined; readonly kind: RegExp}[] = [
    ...config.caches.map(({url}, index) => ({path: ['caches', index, 'url'], url, kind: redis})),
    ...config.databases.flatMap(({url, adminUrl}, index) => [
      {path: ['databases', index, 'url'], url, kind: postgres},
      {path: ['databases', index, 'adminUrl'], url: adminUrl, kind: postgres},
    ]),
    ...config.services.flatMap(({probe}, index) => {
      if (probe.type !== 'redis' && probe.type !== 'postgres') return []
      return [
        {path: ['services', index, 'probe', 'url'], url: probe.url, kind: probe.type === 'redis' ? redis : postgres},
      ]
    }),
  ]
  return written.flatMap(({path, url, kind}) => {
    if (typeof url !== 'string' || (kind.test(url) && URL.canParse(url))) return []
    // The value may hold a password, so it is not shown.
    return [{path, message: `should be a ${kind === redis ? 'redis:// or rediss://' : 'postgres://'} URL`}]
  })
}
