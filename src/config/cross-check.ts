import {checkFreezes} from '../admission/freezes/in-force.ts'
import {channels} from '../alerts/channels/registry.ts'
import {checkAlertmanagers} from '../alerts/alertmanagers/check.ts'
import {checkAuto} from '../alerts/auto/check.ts'
import {checkIntake} from '../alerts/intake/check.ts'
import {checkRouting} from '../alerts/routing/check.ts'
import {checkRules} from '../alerts/rules/check.ts'
import type {Neighbours} from '../kinds/define-kind.ts'
import {checkPostgres, doubles, type Issue, issuesAt, type Path, unknownName} from '../kinds/issue.ts'
import {entriesOf, kinds} from './kinds.ts'
import type {PlacedConfig} from './place.ts'
import {writeDuration} from './shape.ts'

/** Shorter, and the watcher harms what it watches. */
const SHORTEST_INTERVAL = 100

/** What no section's schema can see alone: names that are used twice, references to what is not there. */
export function crossCheck(config: PlacedConfig): Issue[] {
  const inside = namesInside(config)
  return [
    ...doubles('environment', ['environments'], namesOf(config.environments)),
    ...kinds.flatMap(kind => {
      const named = entriesOf(config, kind).map(({environment, name}) => `${name} in ${environment}`)
      return doubles(kind.target, [kind.section], named)
    }),
    ...config.alerts.runs.flatMap(({channels: named}, index) =>
      named.flatMap((name, place) =>
        unknownName(['alerts', 'runs', index, 'channels', place], name, new Set(namesOf(config.alerts.channels))),
      ),
    ),
    ...issuesAt(['freezes'], checkFreezes(config.freezes, namesOf(config.environments))),
    ...doubles('channel', ['alerts', 'channels'], namesOf(config.alerts.channels)),
    ...config.alerts.channels.flatMap((channel, index) =>
      issuesAt(['alerts', 'channels', index], [...channels.check(channel), ...checkFallback(channel, config)]),
    ),
    ...issuesAt(['alerts', 'auto'], checkAuto(config.alerts.auto, namesOf(config.environments))),
    ...issuesAt(
      ['alerts', 'rules'],
      checkRules(config.alerts.rules, {
        kinds: kinds.map(({target}) => target),
        environments: namesOf(config.environments),
      }),
    ),
    ...issuesAt(
      ['alerts'],
      [
        ...checkRouting(config.alerts),
        ...checkAlertmanagers(config),
        ...checkIntake(config.alerts.intake, {
          kinds: kinds.map(({target}) => target),
          environments: namesOf(config.environments),
        }),
      ],
    ),
    ...checkPostgres(['sharedLocks', 'url'], config.sharedLocks?.url),
    ...kinds.flatMap(kind =>
      entriesOf(config, kind).flatMap((entry, index) => {
        const path = [kind.section, index]
        const found = kind.check?.(entry, inside(entry.environment)) ?? []
        return [...issuesAt(path, found), ...times(path, entry)]
      }),
    ),
  ]
}

function checkFallback(
  {name, fallback}: {readonly name: string; readonly fallback?: string | undefined},
  config: PlacedConfig,
): readonly Issue[] {
  if (fallback === undefined) return []
  if (fallback === name)
    return [{path: ['fallback'], message: () => 'should be another channel: none can be its own fallback'}]
  return unknownName(['fallback'], fallback, new Set(namesOf(config.alerts.channels)), name)
}

const namesOf = (entries: readonly {readonly name: string}[]): string[] => entries.map(({name}) => name)

/** Names by environment, gathered once: with thousands of services, looking through all of them for each is felt. */
function namesInside(config: PlacedConfig): (environment: string) => Neighbours {
  const gathered = new Map<string, ReadonlySet<string>>()
  const gather = (environment: string, sections: readonly string[]): ReadonlySet<string> =>
    new Set(
      kinds
        .filter(({section}) => sections.includes(section))
        .flatMap(kind => namesOf(entriesOf(config, kind).filter(entry => entry.environment === environment))),
    )
  return environment => ({
    names(...sections) {
      const key = [environment, ...sections].join(' ')
      const names = gathered.get(key) ?? gather(environment, sections)
      gathered.set(key, names)
      return names
    },
  })
}

function times(path: Path, entry: {readonly interval: number; readonly timeout: number}): Issue[] {
  const issues: Issue[] = []
  if (entry.interval < SHORTEST_INTERVAL) {
    issues.push({
      path: [...path, 'interval'],
      message: () => `should be at least ${writeDuration(SHORTEST_INTERVAL)}, got ${writeDuration(entry.interval)}`,
    })
  }
  if (entry.timeout <= 0) issues.push({path: [...path, 'timeout'], message: () => 'should be more than 0s'})
  return issues
}
