import {createHash} from 'node:crypto'
import type {Plan} from './plan.ts'

/** What two freezes of one world have in common: everything but forecasts, durations and estimates. */
export function planHash(plan: HashedPart): string {
  const {runbook, runbookHash, environment, params, facts, locks, onFailure, approval, guards, retry} = plan
  const steps = plan.steps.map(({forecast: _forecast, usualMs: _usualMs, estimate: _estimate, ...step}) => step)
  const part = {runbook, runbookHash, environment, params, facts, locks, onFailure, approval, guards, retry, steps}
  return createHash('sha256')
    .update(canonical({...part, ...decides(plan)}))
    .digest('hex')
}

/** Plans of versions that did not look at the files left these out of the hash. */
function decides(plan: HashedPart): object {
  if (plan.files === undefined) return {}
  const {danger, protected: isProtected, start, summary, files, packages} = plan
  return {danger, protected: isProtected, start, summary, files: files.map(({hash}) => hash), packages}
}

/** The hash that a plan would have in the version that made the other one. */
export function planHashLike(plan: Plan, {files}: Pick<Plan, 'files'>): string {
  if (files !== undefined) return plan.hash
  const {files: _files, ...older} = plan
  return planHash(older)
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
  | 'retry'
  | 'danger'
  | 'protected'
  | 'start'
  | 'summary'
  | 'files'
  | 'packages'
>

/** JSON with sorted keys: the same value gives the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}
