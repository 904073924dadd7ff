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
  const firsts = new Map<string, number>()
  return names.flatMap((name, index) => {
    const first = firsts.get(name)
    if (first === undefined) {
      firsts.set(name, index)
      return []
    }
    const there = [...path, first].map(String).join('/')
    return [
      {
        path: [...path, index, 'name'],
        message: () => `should be unique: ${there} is the ${what.replace(/s$/, '')} ${name} already`,
      },
    ]
  })
}

function references(config: PlacedConfig): Issue[] {
  const issues: Issue[] = []
  const want = (path: Path, name: string, known: ReadonlySet<string>, self?: string): void => {
    if (known.has(name)) return
    issues.push({
      path,
      message: () =>
        oneOf(
          name,
          [...known].filter(other => other !== self),
        ),
    })
  }
  const databases = namesInside(config, ['databases'])
  for (const [index, backup] of config.backups.entries()) {
    want(['backups', index, 'database'], backup.database, databases(backup.environment))
  }
  const services = namesInside(config, ['services'])
  for (const [index, release] of config.releases.entries()) {
    if (release.service !== undefined)
      want(['releases', index, 'service'], release.service, services(release.environment))
  }
  const needable = namesInside(config, ['services', 'caches', 'databases'])
  for (const [index, service] of config.services.entries()) {
    const known = needable(service.environment)
    for (const [at, needed] of service.dependsOn.entries()) {
      const path = ['services', index, 'dependsOn', at]
      if (needed !== service.name) want(path, needed, known, service.name)
      else issues.push({path, message: () => 'should be another one: nothing depends on itself'})
    }
  }
  return issues
}

/** Names by environment, gathered once: with thousands of services, looking through all of them for each is felt. */
function namesInside(
  config: PlacedConfig,
  sections: readonly ('services' | 'caches' | 'databases')[],
): (environment: string) => ReadonlySet<string> {
  const byEnvironment = new Map<string, Set<string>>()
  for (const {environment, name} of sections.flatMap(
    (section): readonly {readonly environment: string; readonly name: string}[] => config[section],
  )) {
    const names = byEnvironment.get(environment)
    if (names) names.add(name)
    else byEnvironment.set(environment, new Set([name]))
  }
  const none = new Set<string>()
  return environment => byEnvironment.get(environment) ?? none
}

/** Slots and instances are told apart by name, also by the load balancer. */
function slots(config: PlacedConfig): Issue[] {
  return config.releases.flatMap((release, index) => {
    const path = ['releases', index, 'slots']
    const known = new Set<string>()
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
        .filter(({name}) => known.size === known.add(name).size)
        .map(({name, path}) => ({
          path,
          message: () => `should be unique in the release: there is an instance ${name} already`,
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
          message: () => `should be at least ${writeDuration(SHORTEST_INTERVAL)}, got ${writeDuration(entry.interval)}`,
        })
      }
      if (entry.timeout <= 0) issues.push({path: [section, index, 'timeout'], message: () => 'should be more than 0s'})
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
      return [{path, message: () => `should be a regular expression: ${(error as Error).message}`}]
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
    return [{path, message: () => `should be a ${kind === redis ? 'redis:// or rediss://' : 'postgres://'} URL`}]
  })
}
