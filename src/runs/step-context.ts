import type {Step, StepContext} from '../runbooks/define.ts'
import type {Touched} from './touch.ts'

/** What a step's functions get. */
export function stepContext(
  touched: Touched,
  step: Step,
  of: Pick<StepContext, 'fence' | 'run' | 'reason' | 'saved' | 'save' | 'decided' | 'hostRecord'>,
): StepContext {
  return {...touched, ...of, idempotencyKey: `${of.run}/${step.id}`}
}
