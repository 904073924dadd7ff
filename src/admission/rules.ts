import type {Change} from './change.ts'
import {ALLOWED, type Circumstances, type Decision, type Rule} from './decision.ts'
import {brokenTrail} from './rules/broken-trail.ts'
import {changeFreeze} from './rules/change-freeze.ts'
import {confirmed} from './rules/confirmed.ts'
import {protectedEnvironment} from './rules/protected-environment.ts'
import {readOnlyFlag} from './rules/read-only-flag.ts'
import {readOnlyPolicy} from './rules/read-only-policy.ts'
import {uncheckedCertificates} from './rules/unchecked-certificates.ts'

/** Every rule, in the order in which they are asked: what forbids outright before what only wants another word. */
export const RULES: readonly Rule[] = [
  readOnlyFlag,
  readOnlyPolicy,
  uncheckedCertificates,
  brokenTrail,
  changeFreeze,
  protectedEnvironment,
  confirmed,
]

/** Whether the change may happen, and if not, the first reason why. */
export function decide(change: Change, circumstances: Circumstances, rules: readonly Rule[] = RULES): Decision {
  for (const {name, refuse} of rules) {
    const refusal = refuse(change, circumstances)
    if (refusal) return {...refusal, rule: name}
  }
  return ALLOWED
}
