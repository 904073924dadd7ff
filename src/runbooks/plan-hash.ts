import {createHash} from 'node:crypto'
import type {Plan} from './plan.ts'

/** What two freezes of one world have in common: everything but forecasts and durations. */
export function planHash(plan: HashedPart): string {
  const {runbook, runbookHash, environment, params, facts, locks, onFailure, approval, guards} = plan
  const steps = plan.steps.map(({forecast: _forecast, usualMs: _usualMs, ...step}) => step)
  const part = {runbook, runbookHash, environment, params, facts, locks, onFailure, approval, guards, steps}
  return createHash('sha256').update(canonical(part)).digest('hex')
}

type HashedPart = Pick<
  Plan,
  | 'runbook'
  | 'runbookHash'
  | 'environment'
  | 'params'
  | 'facts'
  | 'steps'
  | 'guards'
  | 'locks'
  | 'onFailure'
  | 'approval'
>

/** JSON with sorted keys: the same value gives the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}
