import type {Rule} from '../decision.ts'

/** Nothing is begun while the policy is read-only. What was begun before may be stopped and undone: that is the way back. */
export const readOnlyPolicy: Rule = {
  name: 'read-only policy',
  refuse: ({environment, wayBack}, {config}) =>
    config?.policy.readOnly && environment !== undefined && !wayBack
      ? {
          allowed: false,
          code: 'usage/read-only',
          reason: 'the policy is read-only, which forbids every change',
          hint: `It says so in ${config.file}: policy: readOnly.`,
        }
      : undefined,
}
