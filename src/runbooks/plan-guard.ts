import {OpsError} from '../errors.ts'
import {parseDuration} from '../units/duration.ts'
import type {Guard} from './define.ts'
import type {PlannedGuard} from './plan.ts'

const EVERY_MS = 5_000
const FAILURES = 3

/** A guard as it is frozen and shown. Raises `runbook/invalid`, naming it. */
export function planGuard(guard: Guard, steps: readonly {readonly id: string}[]): PlannedGuard {
  const invalid = (problem: string): OpsError =>
    new OpsError('runbook/invalid', `guard ${JSON.stringify(guard.id)}: ${problem}`)
  const duration = (name: 'every' | 'timeout'): number => {
    const text = guard[name]
    const ms = text === undefined ? EVERY_MS : parseDuration(text)
    if (ms === undefined || ms <= 0) throw invalid(`its ${name} ${JSON.stringify(text)} is not a duration`)
    return ms
  }
  const failures = guard.failures ?? FAILURES
  if (!Number.isInteger(failures) || failures < 1) throw invalid(`failures should be a whole number from 1 on`)
  if (guard.after !== undefined && !steps.some(step => step.id === guard.after))
    throw invalid(`its "after" is ${JSON.stringify(guard.after)}, but no step has that id`)
  return {
    id: guard.id,
    title: guard.title,
    everyMs: duration('every'),
    timeoutMs: duration('timeout'),
    failures,
    ...(guard.after === undefined ? {} : {after: guard.after}),
  }
}
