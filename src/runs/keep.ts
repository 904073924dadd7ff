import type {PlanRequest} from '../runbooks/engine.ts'
import type {Plan} from '../runbooks/plan.ts'
import {dropOldPlans, keepPlan, newRunId} from '../store/runs/directory.ts'
import {usualDurations} from '../store/runs/history.ts'
import type {AppContext} from '../app/context.ts'
import {makePlan, preparePlan} from './plan.ts'
import type {Standby} from './runner-process.ts'

/** What a plan needs to be started and is only in the memory of the process that made it. */
interface Made {
  /** Values of secret parameters. */
  readonly secrets: Readonly<Record<string, string>>
  readonly standby: Standby | undefined
}

export interface Plans {
  readonly make: (request: PlanRequest, signal: AbortSignal) => Promise<Plan>
  /** Undefined for a plan of another process. */
  readonly made: (run: string) => Made | undefined
}

/** Makes plans, and keeps each for a day so that exactly it can be started. */
export function openPlans(context: AppContext): Plans {
  const made = new Map<string, Made>()
  const freeze = async (run: string, request: PlanRequest, signal: AbortSignal) => {
    const input = await preparePlan(context, {...request, run})
    const {plan} = await makePlan(context, input, signal, usualDurations(context.stateDir, input.loaded.book.name))
    const {params, secretParams} = input
    const stored = Object.fromEntries(Object.entries(params).filter(([name]) => !secretParams.includes(name)))
    dropOldPlans(context.stateDir, context.clock.now())
    keepPlan(context.stateDir, {plan, file: input.loaded.file, params: stored, secretParams})
    return {plan, secrets: Object.fromEntries(secretParams.map(name => [name, String(params[name])]))}
  }
  return {
    make: async (request, signal) => {
      // One runner stands by at most, for the first plan.
      const standby = made.size === 0 ? context.options.standby : undefined
      const run = standby?.run ?? newRunId(context.clock.now())
      const {plan, secrets} = await freeze(run, request, signal)
      made.set(run, {secrets, standby})
      return plan
    },
    made: run => made.get(run),
  }
}
