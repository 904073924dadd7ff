import {freezesInForce, freezeWords} from '../freezes/in-force.ts'
import type {Rule} from '../decision.ts'

/**
 * In a change freeze nothing disruptive or destructive begins, but for the runbooks that it allows. What began before it goes
 * on to its end, and may be stopped and taken back.
 */
export const changeFreeze: Rule = {
  name: 'change freeze',
  refuse: ({environment, danger, via, wayBack, target, actor}, {config, now, overrideFreeze}) => {
    if (environment === undefined || danger === 'safe' || via === 'step' || wayBack) return undefined
    const freezes = config()?.freezes ?? []
    if (freezes.length === 0) return undefined
    const held = freezesInForce(freezes, environment, now()).filter(
      ({freeze}) =>
        !(via === 'run' && freeze.allow.includes(target)) &&
        !(overrideFreeze !== undefined && mayOverride(freeze.override, actor.name)),
    )
    const [first] = held
    if (first === undefined) return undefined
    const {freeze} = first
    const may = mayOverride(freeze.override, actor.name)
    return {
      allowed: false,
      code: 'change/frozen',
      reason: `${freezeWords(first, now())} holds in ${environment}, and this is ${danger}`,
      hint: may
        ? 'Wait for its end. To continue anyway, give a reason: --override-freeze REASON, which is recorded.'
        : `Wait for its end. ${freeze.override?.join(', ') || 'Nobody'} may override it.`,
    }
  },
}

const mayOverride = (names: readonly string[] | undefined, name: string): boolean => names?.includes(name) ?? true
