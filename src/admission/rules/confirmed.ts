import type {Rule} from '../decision.ts'

/** What may lose data wants a word of its own. */
export const confirmed: Rule = {
  name: 'confirmed',
  refuse: ({danger, consent}) =>
    danger === 'destructive' && consent !== 'asked' && !consent.yes
      ? {
          allowed: false,
          code: 'change/unconfirmed',
          reason: 'this is destructive and was not confirmed',
          hint: 'Give --yes.',
        }
      : undefined,
}
