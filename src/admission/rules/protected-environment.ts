import type {Rule} from '../decision.ts'
import {consentFlags, neededConsent} from '../needed-consent.ts'

/** Who disrupts or destroys in a protected environment types its name. */
export const protectedEnvironment: Rule = {
  name: 'protected environment',
  refuse: ({environment, danger, consent, via}, {config}) => {
    if (danger === 'safe' || consent === 'asked') return undefined
    const {typed} = neededConsent(
      danger,
      config()?.environments.find(({name}) => name === environment),
    )
    if (typed === undefined || consent.typed.includes(typed)) return undefined
    return {
      allowed: false,
      code: 'change/protected',
      reason: `${typed} is protected and this is ${danger}, so its name must be typed`,
      hint: via === 'console' ? `Type ${typed} where it is asked for.` : `Give ${consentFlags({yes: false, typed})}.`,
    }
  },
}
