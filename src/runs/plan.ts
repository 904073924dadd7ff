import {chooseEnvironment} from '../config/choose-environment.ts'
import type {Environment} from '../config/environment.ts'
import {type Frozen, freezePlan} from '../runbooks/freeze.ts'
import {NO_HOST_RECORD} from '../runbooks/host-record.ts'
import {type LoadedRunbook, runbookFile} from '../runbooks/load.ts'
import {describeParams, parseParams, withoutSecrets} from '../runbooks/params.ts'
import {approvalNeed} from '../runbooks/approval.ts'
import type {Plan} from '../runbooks/plan.ts'
import type {HostRetry} from '../runbooks/planned-hosts.ts'
import type {RunsContext} from './context.ts'
import {loadWatched} from './load-watched.ts'
import {withPlanSpool} from './plan-spool.ts'
import {stepContext} from './step-context.ts'
import {openReadOnly} from './touch.ts'
import {NOTHING_USUAL, type UsualDurations} from './usual-durations.ts'

export interface PlanInput {
  readonly run: string
  readonly loaded: LoadedRunbook
  readonly environment: Environment
  /** Parsed, with defaults. */
  readonly params: Readonly<Record<string, unknown>>
  readonly shownParams: Readonly<Record<string, unknown>>
  readonly retry?: HostRetry | undefined
}

/** Loads a runbook and its parameters, as text from outside, for planning. */
export async function preparePlan(
  context: RunsContext,
  request: {
    readonly runbook: string
    readonly environment: string | undefined
    readonly params: Readonly<Record<string, unknown>>
    readonly run: string
    readonly retry?: string | undefined
  },
): Promise<PlanInput & {readonly secretParams: readonly string[]}> {
  const file = runbookFile(context.runbookDirectories(), request.runbook)
  // What the program itself needs is loaded before each module has to pass the watch on runbooks.
  await context.ops()
  const loaded = await loadWatched(context, file)
  const {retry} = request
  const earlier =
    retry === undefined ? undefined : (await import('./earlier-run.ts')).earlierRun(context, retry, request)
  const environment = chooseEnvironment(context.config(), earlier?.environment ?? request.environment)
  const described = await describeParams(loaded.runbook)
  const params = parseParams(loaded.runbook, described, {...earlier?.params, ...request.params})
  const {shown, secret} = withoutSecrets(described, params)
  for (const name of secret) context.redactor.add(String(params[name]))
  return {
    run: request.run,
    loaded,
    environment,
    params,
    shownParams: shown,
    secretParams: secret,
    retry: earlier?.retry,
  }
}

/** Reads the world and freezes a plan; changes nothing. How long things usually take is for people, and no part of its hash. */
export async function makePlan(
  context: RunsContext,
  input: PlanInput,
  signal: AbortSignal,
  usual: UsualDurations = NOTHING_USUAL,
): Promise<Frozen> {
  const {loaded, environment, run} = input
  const openOps = await context.ops()
  await context.rememberDeclared()
  return withPlanSpool(context.stateDir, async spoolDir => {
    const touched = openReadOnly(context, {run, environment, signal, spoolDir, openOps})
    const before = {fence: 0, run, reason: '', saved: {}, save: () => {}, hostRecord: NO_HOST_RECORD}
    const freeze = () =>
      freezePlan({
        run,
        loaded,
        environment,
        params: input.params,
        shownParams: input.shownParams,
        onFailure: context.config().policy.onFailure,
        approval: approvalNeed(context.config().policy, loaded.runbook.name, environment.name),
        facts: {$: touched.$, ops: touched.ops, signal},
        usual: usual.steps,
        usualRunMs: usual.run,
        retry: input.retry,
        now: context.clock.now(),
        redact: text => context.redactor.redact(text),
        forecast: async step => (step.check ? step.check(stepContext(touched, step, before)) : 'cannot know'),
        estimate: async step => step.estimate?.(stepContext(touched, step, before)),
      })
    return context.stalls().watch(`planning ${loaded.runbook.name}`, freeze)
  })
}

/** The steps of a run that began, from the facts that were frozen then. Reads nothing. */
export async function rebuildPlan(context: RunsContext, input: PlanInput, plan: Plan): Promise<Frozen> {
  const {runbook} = input.loaded
  const frozen = {...input.loaded, runbook: {...runbook, facts: async () => plan.facts as never}}
  const nothing = new AbortController().signal
  const {run, environment} = input
  const openOps = await context.ops()
  const {$, ops} = openReadOnly(context, {run, environment, signal: nothing, spoolDir: context.stateDir, openOps})
  return freezePlan({
    run,
    loaded: frozen,
    // As it was shown: whether it is protected now, the gate asks before each step.
    environment: {...environment, protected: plan.protected},
    params: input.params,
    shownParams: input.shownParams,
    onFailure: plan.onFailure,
    approval: plan.approval,
    facts: {$, ops, signal: nothing},
    usual: new Map(),
    usualRunMs: undefined,
    retry: plan.retry,
    now: plan.at,
    redact: text => context.redactor.redact(text),
    forecast: async () => 'cannot know',
  })
}
