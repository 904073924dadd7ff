import {neededConsent} from '../admission/needed-consent.ts'
import type {Danger} from './define.ts'
import type {Plan} from './plan.ts'

/** What must be said before a run starts, and why. Shown, audited, and checked again by the engine. */
export function startRule(
  danger: Danger,
  environment: {readonly name: string; readonly protected: boolean},
): Plan['start'] {
  if (danger === 'safe') return {kind: 'none', reason: 'the runbook is safe'}
  const {typed} = neededConsent(danger, environment)
  if (typed !== undefined)
    return {
      kind: 'type',
      text: typed,
      reason: `${environment.name} is protected and the runbook is ${danger}`,
    }
  return {kind: 'yes', reason: `the runbook is ${danger}`}
}
