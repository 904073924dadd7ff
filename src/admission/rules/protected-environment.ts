import type {Rule} from '../decision.ts'

/** Who disrupts or destroys in a protected environment types its name: a plain yes is given too easily. */
export const protectedEnvironment: Rule = {
  name: 'protected environment',
  refuse: ({environment, danger, consent, via}, {config}) => {
    const known = config?.environments.find(({name}) => name === environment)
    if (!known?.protected || danger === 'safe' || consent === 'asked' || consent.typed.includes(known.name))
      return undefined
    return {
      allowed: false,
      code: 'change/protected',
      reason: `${known.name} is protected and this is ${danger}, so its name must be typed`,
      hint: via === 'console' ? `Type ${known.name} where it is asked for.` : `Give --confirm ${known.name}.`,
    }
  },
}
