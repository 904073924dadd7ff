import type {Rule} from '../decision.ts'

/** Who says --read-only wants to be sure that this process changes nothing at all: not even back. */
export const readOnlyFlag: Rule = {
  name: 'read-only flag',
  refuse: (_change, {readOnlyFlag: given}) =>
    given
      ? {
          allowed: false,
          code: 'usage/read-only',
          reason: 'this was called with --read-only, which forbids every change',
          hint: 'Call it again without --read-only.',
        }
      : undefined,
}
