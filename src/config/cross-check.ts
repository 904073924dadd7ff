import {storages} from '../backups/storage/registry.ts'
import {checkExpression, checkPostgres, checkScheme, type Issue, issuesAt, type Path} from '../kinds/issue.ts'
import {probes} from '../probes/registry.ts'
import {instanceDrivers} from '../releases/instances/registry.ts'
import {trafficDrivers} from '../releases/traffic/registry.ts'
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
    ...driven(config),
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

/** Regular expressions that do not compile, found now and not at the first use. */
function expressions(config: PlacedConfig): Issue[] {
  return config.releases.flatMap(({smoke}, index) =>
    smoke.flatMap(({body}, at) => checkExpression(['releases', index, 'smoke', at, 'body'], body)),
  )
}

/** What the drivers say of their own sections. */
function driven(config: PlacedConfig): Issue[] {
  return [
    ...config.services.flatMap(({probe}, index) => issuesAt(['services', index, 'probe'], probes.check(probe))),
    ...config.backups.flatMap(({storage}, index) => issuesAt(['backups', index, 'storage'], storages.check(storage))),
    ...config.releases.flatMap(({traffic, instances}, index) => [
      ...issuesAt(['releases', index, 'traffic'], trafficDrivers.check(traffic)),
      ...issuesAt(['releases', index, 'instances'], instanceDrivers.check(instances)),
    ]),
  ]
}

/** Addresses that are written out. */
function addresses(config: PlacedConfig): Issue[] {
  return [
    ...config.caches.flatMap(({url}, index) => checkScheme(['caches', index, 'url'], url, ['redis', 'rediss'])),
    ...config.databases.flatMap(({url, adminUrl}, index) => [
      ...checkPostgres(['databases', index, 'url'], url),
      ...checkPostgres(['databases', index, 'adminUrl'], adminUrl),
    ]),
    ...checkPostgres(['sharedLocks', 'url'], config.sharedLocks?.url),
  ]
}
