import type {Consent} from '../admission/change.ts'
import {OpsError} from '../errors.ts'
import type {Plan} from './plan.ts'

/** What an unattended run would have to ask and was not given; empty when nothing is missing. */
export function missingConsent(plan: Plan, consent: Consent): readonly string[] {
  const missing: string[] = []
  const typedMissing = (type: string): boolean => !consent.typed.includes(type)
  if (plan.start.kind === 'yes' && !consent.yes) missing.push(`--yes, since ${plan.start.reason}`)
  if (plan.start.kind === 'type' && typedMissing(plan.start.text))
    missing.push(`--confirm ${plan.start.text}, since ${plan.start.reason}`)
  for (const step of plan.steps) {
    if (step.skipped !== undefined) continue
    if (step.confirm?.type !== undefined && typedMissing(step.confirm.type))
      missing.push(`--confirm ${step.confirm.type}, for ${JSON.stringify(step.title)}`)
    if (step.confirm && !consent.yes) missing.push(`--yes, for ${JSON.stringify(step.title)}`)
    if (step.terminal !== undefined) missing.push(`a person with a terminal, for ${JSON.stringify(step.title)}`)
    if (step.manual !== undefined) missing.push(`a person, for ${JSON.stringify(step.title)}`)
  }
  return missing
}

/** Without a person at hand nothing may wait for one. Raises `run/refused` with everything that is missing. */
export function requireConsent(plan: Plan, consent: Consent): void {
  const missing = missingConsent(plan, consent)
  if (missing.length === 0) return
  throw new OpsError(
    'run/refused',
    `${plan.runbook} was not started: nobody is here to answer, and these were not given: ${[...new Set(missing)].join('; ')}`,
    {
      hint: 'Give the missing flags, or start it from a terminal.',
    },
  )
}
