import {OpsError} from '../errors.ts'
import type {Guard, Runbook, Step} from './define.ts'
import {
  CONFIRM_KEYS,
  DANGERS,
  GUARD_KEYS,
  MODES,
  ON_FAILURE,
  ON_UNKNOWN,
  RUNBOOK_KEYS,
  STEP_KEYS,
  unknownKey,
  unknownMeta,
  unknownValue,
  WHEN_KEYS,
} from './known-keys.ts'

/** The one strict reader of runbooks: `list`, `check`, `plan` and `run` refuse the same in the same words. */

/** Raises `runbook/invalid` for a key or a word that means nothing. */
export function requireRunbook(runbook: Partial<Runbook>, file: string): void {
  const problem =
    unknownKey('a runbook', runbook, RUNBOOK_KEYS) ??
    unknownValue('danger', runbook.danger, DANGERS) ??
    unknownValue('onFailure', runbook.onFailure, ON_FAILURE) ??
    paramProblem(runbook)
  if (problem !== undefined) throw new OpsError('runbook/invalid', `${file}: ${problem}`)
}

/** The same for a step, without naming it. */
export function stepWordProblem(step: Step): string | undefined {
  const {confirm, when} = step
  return (
    unknownKey('a step', step, STEP_KEYS) ??
    (typeof confirm === 'object' ? unknownKey('confirm', confirm, CONFIRM_KEYS) : undefined) ??
    (typeof when === 'object' ? unknownKey('when', when, WHEN_KEYS) : undefined) ??
    unknownValue('mode', step.mode, MODES) ??
    unknownValue('danger', step.danger, DANGERS) ??
    unknownValue('onUnknown', step.onUnknown, ON_UNKNOWN)
  )
}

export const guardWordProblem = (guard: Guard): string | undefined => unknownKey('a guard', guard, GUARD_KEYS)

/** By what zod keeps: no schema is built for it. */
function paramProblem({params}: Partial<Runbook>): string | undefined {
  if (params === undefined) return undefined
  const shape = (params as {readonly shape?: Readonly<Record<string, {meta?(): object | undefined}>>}).shape
  if (typeof shape !== 'object') return 'params should be made with z.object({…})'
  for (const [name, schema] of Object.entries(shape)) {
    const problem = unknownMeta((schema.meta?.() ?? {}) as Readonly<Record<string, unknown>>)
    if (problem !== undefined) return `parameter ${name}: ${problem}`
  }
  return undefined
}
