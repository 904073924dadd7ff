import type {RunEvent} from '../runbooks/events.ts'
import type {ExecuteTools} from '../runbooks/execute-tools.ts'
import {commandsInFlight} from '../runbooks/in-flight.ts'
import type {OutputSink} from '../runbooks/ports.ts'
import type {ResumeTools} from '../runbooks/resume.ts'
import type {RunsContext} from './context.ts'
import {keptSources} from './kept-sources.ts'
import {takeOverSpooledOutput} from './spooled-output.ts'
import {type PlanInput, rebuildPlan} from './plan.ts'
import type {StoredRun} from './ports.ts'

/** How a run is taken up whose runner died. */
export interface ResumeOrder {
  /** Only to undo what it did and end it, for this reason: what the run itself kept must do. */
  readonly abandon: string | undefined
  /** Reason for going on with a changed runbook; undefined: refuse. */
  readonly override: string | undefined
  /** Reason for continuing although the journal is not what the trail says; undefined: refuse. */
  readonly acceptJournal: string | undefined
  /** Reason for going on with locks of this host only. */
  readonly localLock: string | undefined
  /** Nobody is here to settle an unknown step. */
  readonly unattended: boolean
}

/** What the engine needs besides, once what the dead runner left behind has been taken over. */
export function resumeTools(
  context: RunsContext,
  tools: ExecuteTools,
  left: {
    readonly input: PlanInput
    readonly stored: StoredRun
    readonly events: readonly RunEvent[]
    readonly output: OutputSink
    readonly order: ResumeOrder
  },
): ResumeTools {
  const {stored, output} = left
  const inFlight = commandsInFlight(left.events, stored.spool)
  takeOverSpooledOutput(stored, inFlight, {output, redactor: context.redactor})
  return {
    ...tools,
    ...left.order,
    inFlight,
    rebuild: async () => {
      const frozen = await rebuildPlan(context, left.input, tools.request.plan)
      context.options.modules?.onlyAllow(frozen.plan.files ?? [])
      return frozen
    },
    sources: () => keptSources(left.input.loaded.code?.().files ?? [], text => context.redactor.redact(text)) ?? [],
  }
}
