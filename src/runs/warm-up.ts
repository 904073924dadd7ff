import type {RunsContext} from './context.ts'
import {loadPlanned} from './load-planned.ts'

/**
 * Loads what a run of this plan will need, before anybody has said that it shall be: the runbook, as the plan was made of it, and the
 * drivers of what is configured. Records and opens nothing, and whatever is the matter, the run itself will say it.
 */
export async function warmUp(
  context: Pick<RunsContext, 'ops' | 'options' | 'runs' | 'stalls'>,
  run: string,
): Promise<void> {
  try {
    const kept = context.runs().keptPlan(run)
    await Promise.all([import('./carry-out.ts'), context.ops()])
    await loadPlanned(context, kept)
  } catch {
    // There is no such plan yet, or no more.
  }
}
