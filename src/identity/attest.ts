import {userName} from './account.ts'
import type {Actor} from './actor.ts'

/**
 * What is left of a claim once the kernel says which uid wrote it down; undefined: another uid than it claims. The name
 * is looked up again. A login that is not the uid itself stays the writer's word, since a file keeps no login.
 */
export function attest(claim: Actor, owner: number, nameOf = userName): Actor | undefined {
  if (claim.uid !== owner) return undefined
  const who = claim.loginUid ?? owner
  return {...claim, name: nameOf(who) ?? `uid ${who}`, evidence: who === owner ? 'kernel' : 'claimed'}
}
