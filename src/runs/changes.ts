import type {Change} from '../admission/change.ts'
import type {Plan} from '../runbooks/plan.ts'
import type {RunsContext} from './context.ts'
import type {StartRequest} from './engine.ts'

/** What is asked of a run, as changes for the gate. */
type Who = Pick<RunsContext, 'actor'>

/** What a runbook may take away is confirmed by the run's own question, which the runner asks. */
export const startChange = ({actor}: Who, plan: Plan, {reason}: Pick<StartRequest, 'reason'>): Change => ({
  action: 'run requested',
  target: plan.runbook,
  environment: plan.environment,
  run: plan.run,
  danger: plan.danger,
  reason,
  actor: actor(),
  via: 'run',
  consent: 'asked',
})
