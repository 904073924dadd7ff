import {listed, oneOf, type Issue} from '../kinds/issue.ts'
import {entriesIn, kinds, type Entries} from './kinds.ts'
import type {Config, RawConfig} from './schema.ts'

export type PlacedConfig = Omit<Config, 'file'>

/** Gives every entry its environment. Entries without one belong to the only one there is. */
export function placeEntries(config: RawConfig): {readonly config: PlacedConfig; readonly issues: readonly Issue[]} {
  const names = config.environments.map(environment => environment.name)
  const known = new Set(names)
  const only = names.length === 1 ? names[0] : undefined
  const issues: Issue[] = []
  const placed = kinds.map(kind => {
    const entries = entriesIn(config, kind).map((entry, index) => {
      const environment = entry.environment ?? only
      const path = [kind.section, index, 'environment']
      if (environment === undefined) {
        const message = () => `is missing; with several environments it should be one of ${listed(names)}`
        issues.push({path, message})
      } else if (!known.has(environment)) {
        issues.push({path, message: () => oneOf(environment, names)})
      }
      return {...entry, environment: environment ?? ''}
    })
    return [kind.section, entries]
  })
  return {config: {...config, ...(Object.fromEntries(placed) as Entries)}, issues}
}
