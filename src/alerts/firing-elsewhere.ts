import type {AlertRow} from './rows.ts'

/** What fires in one environment. */
export interface FiringElsewhere {
  readonly environment: string
  readonly critical: number
  readonly other: number
}

/** What fires outside the environment in view, so that nobody takes "no alert" here for "no alert". */
export function firingElsewhere(rows: readonly AlertRow[], inView: string): readonly FiringElsewhere[] {
  const counts = new Map<string, FiringElsewhere>()
  for (const {environment, state, severity} of rows) {
    if (environment === inView || state !== 'firing') continue
    const {critical, other} = counts.get(environment) ?? {critical: 0, other: 0}
    const isCritical = severity === 'critical'
    counts.set(environment, {
      environment,
      critical: critical + (isCritical ? 1 : 0),
      other: other + (isCritical ? 0 : 1),
    })
  }
  return [...counts.values()].sort((a, b) => b.critical - a.critical || (a.environment < b.environment ? -1 : 1))
}

/** `staging: 2 critical, 1 other`; undefined where nothing fires elsewhere. */
export function elsewhereWords(elsewhere: readonly FiringElsewhere[] = []): string | undefined {
  if (elsewhere.length === 0) return undefined
  return elsewhere
    .map(({environment, critical, other}) => {
      const parts = [critical > 0 ? `${critical} critical` : '', other > 0 ? `${other} other` : '']
      return `${environment}: ${parts.filter(part => part !== '').join(', ')}`
    })
    .join('; ')
}
