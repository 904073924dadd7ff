import {OpsError} from '../errors.ts'
import {retryOf} from '../runbooks/host-retry.ts'
import type {HostRetry} from '../runbooks/planned-hosts.ts'
import type {RunsContext} from './context.ts'
import {readState} from './read-state.ts'

/** A run that has ended and whose hosts are tried again: its parameters, but for secrets, its environment, and what it did. */
export function earlierRun(
  context: Pick<RunsContext, 'runs'>,
  run: string,
  {runbook, environment}: {readonly runbook: string; readonly environment: string | undefined},
): {readonly params: Readonly<Record<string, unknown>>; readonly environment: string; readonly retry: HostRetry} {
  const stored = context.runs().run(run)
  const {plan, params} = stored.request()
  if (plan.runbook !== runbook)
    throw new OpsError('usage/arguments', `run ${run} was one of ${plan.runbook}, not of ${runbook}`)
  if (environment !== undefined && plan.environment !== environment)
    throw new OpsError('usage/arguments', `run ${run} was in ${plan.environment}, not in ${environment}`)
  return {params, environment: plan.environment, retry: retryOf(readState(stored))}
}
