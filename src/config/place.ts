import type {Issue} from '../kinds/issue.ts'
import {closest} from '../text/closest.ts'
import type {Config, RawConfig} from './schema.ts'

/** Sections whose entries belong to an environment. */
export const PLACED = ['services', 'caches', 'databases', 'backups', 'releases'] as const
export type PlacedSection = (typeof PLACED)[number]

export type PlacedConfig = Omit<Config, 'file'>

/** Gives every entry its environment. Entries without one belong to the only one there is. */
export function placeEntries(config: RawConfig): {readonly config: PlacedConfig; readonly issues: readonly Issue[]} {
  const names = config.environments.map(environment => environment.name)
  const known = new Set(names)
  const only = names.length === 1 ? names[0] : undefined
  const issues: Issue[] = []
  function place<T extends {readonly name: string; readonly environment?: string | undefined}>(
    section: PlacedSection,
    entries: readonly T[],
  ): (T & {readonly environment: string})[] {
    return entries.map((entry, index) => {
      const environment = entry.environment ?? only
      if (environment === undefined) {
        issues.push({
          path: [section, index, 'environment'],
          message: () => `is missing; with several environments it should be one of ${listed(names)}`,
        })
      } else if (!known.has(environment)) {
        issues.push({path: [section, index, 'environment'], message: () => oneOf(environment, names)})
      }
      return {...entry, environment: environment ?? ''}
    })
  }
  const placed = {
    ...config,
    services: place('services', config.services),
    caches: place('caches', config.caches),
    databases: place('databases', config.databases),
    backups: place('backups', config.backups),
    releases: place('releases', config.releases),
  }
  return {config: placed, issues}
}

/** `should be one of a, b, got "c", did you mean b?` */
export function oneOf(value: string, accepted: readonly string[]): string {
  const near = closest(value, accepted.slice(0, MAX_COMPARED))
  const list = accepted.length > 0 ? `should be one of ${listed(accepted)}` : 'names something that is not configured'
  return `${list}, got ${JSON.stringify(value)}${near ? `, did you mean ${near}?` : ''}`
}

const MAX_LISTED = 20
/** Comparing costs a microsecond each, for each of the issues that are shown. */
const MAX_COMPARED = 2000

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED
  return names.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
