import type {Rule} from '../decision.ts'

/** Nothing is begun while the policy is read-only. What was begun before may be stopped and undone: that is the way back. */
export const readOnlyPolicy: Rule = {
  name: 'read-only policy',
  refuse: ({environment, wayBack}, circumstances) => {
    if (environment === undefined || wayBack) return undefined
    const config = circumstances.config()
    if (!config?.policy.readOnly) return undefined
    return {
      allowed: false,
      code: 'usage/read-only',
      reason: 'the policy is read-only, which forbids every change',
      hint: `It says so in ${config.file}: policy: readOnly.`,
    }
  },
}
