import type {PlanRequest} from './engine.ts'
import type {Plan} from '../runbooks/plan.ts'
import type {RunsContext} from './context.ts'
import {newRunId} from './run-id.ts'
import {digestsOf} from './secret-digests.ts'
import type {Standby} from './standby.ts'
import {usualDurations} from './usual-durations.ts'

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
export function openPlans(context: RunsContext): Plans {
  const made = new Map<string, Made>()
  const freeze = async (run: string, request: PlanRequest, signal: AbortSignal) => {
    const {makePlan, preparePlan} = await import('./plan.ts')
    const runs = context.runs()
    const input = await preparePlan(context, {...request, run})
    const {plan} = await makePlan(context, input, signal, usualDurations(runs, input.loaded.runbook.name))
    const {params, secretParams} = input
    const stored = Object.fromEntries(Object.entries(params).filter(([name]) => !secretParams.includes(name)))
    runs.dropOldPlans(context.clock.now())
    const textOf = (from: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(secretParams.map(name => [name, String(from[name])]))
    const [given, secrets] = [textOf(request.params), textOf(params)]
    const either = secretParams.map(name => [name, [given[name], secrets[name]]])
    const secretDigests = digestsOf(runs.secretKey, run, Object.fromEntries(either))
    runs.keepPlan({plan, file: input.loaded.file, params: stored, secretParams, secretDigests})
    return {plan, secrets}
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
