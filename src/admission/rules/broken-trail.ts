import type {Rule} from '../decision.ts'

/**
 * Nothing new begins on a trail that was tampered with, until a person has typed why. What was admitted goes on to its
 * end, and may be stopped and taken back.
 */
export const brokenTrail: Rule = {
  name: 'broken trail',
  refuse: ({via, wayBack}, circumstances) => {
    if (via === 'step' || wayBack || circumstances.despiteBrokenTrail !== undefined) return undefined
    const why = circumstances.brokenTrail()
    if (why === undefined) return undefined
    return {
      allowed: false,
      code: 'change/broken-trail',
      reason: why,
      hint: 'Look at `opsconsole audit verify` and keep a copy of the file. To continue anyway, give a reason: --despite-broken-trail REASON, which is recorded.',
    }
  },
}
