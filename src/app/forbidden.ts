import type {Change} from '../admission/change.ts'
import {messageOf} from '../errors.ts'
import type {Forbidden} from '../overview/snapshot.ts'
import type {AppContext} from './context.ts'

/** Why nothing at all may be changed in an environment just now, for windows that hide what changes something. */
export function forbiddenIn(
  {gate, actor}: Pick<AppContext, 'gate' | 'actor'>,
  environment: string,
): Forbidden | undefined {
  const anything: Change = {
    action: 'any change',
    target: environment,
    environment,
    danger: 'safe',
    actor: actor(),
    via: 'console',
    consent: 'asked',
  }
  try {
    const decision = gate.ask(anything)
    if (decision.allowed) return undefined
    return {reason: decision.reason, wayBack: gate.ask({...anything, wayBack: true}).allowed}
  } catch (error) {
    return {reason: `the configuration cannot be read: ${messageOf(error)}`, wayBack: true}
  }
}
