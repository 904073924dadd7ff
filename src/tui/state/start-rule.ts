import type {Plan} from '../../runbooks/plan.ts'

/** Whether starting a plan needs an answer first: all but what only reads, and dry runs, which touch nothing. */
export const needsAnswer = (plan: Plan, dryRun: boolean): boolean =>
  !dryRun && (plan.start.kind !== 'none' || plan.danger !== 'safe')
