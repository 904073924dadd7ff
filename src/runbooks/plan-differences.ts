import type {Plan} from './plan.ts'
import {canonical} from './plan-hash.ts'

/** The first differences between two plans, for a person: `steps/2/title: "a" is now "b"`. */
export function planDifferences(before: Plan, after: Plan, limit = 8): readonly string[] {
  const found: string[] = []
  const compare = (path: string, a: unknown, b: unknown): void => {
    if (found.length >= limit || canonical(a) === canonical(b)) return
    if (a !== null && b !== null && typeof a === 'object' && typeof b === 'object') {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        compare(`${path}/${key}`, (a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
      return
    }
    found.push(`${path.slice(1)}: ${short(a)} is now ${short(b)}`)
  }
  const part = (plan: Plan): unknown => ({
    danger: plan.danger,
    protected: plan.protected,
    start: plan.start,
    summary: plan.summary,
    facts: plan.facts,
    params: plan.params,
    locks: plan.locks,
    guards: plan.guards,
    steps: plan.steps.map(({forecast: _f, usualMs: _u, estimate: _e, ...step}) => step),
  })
  compare('', part(before), part(after))
  return found
}

function short(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
