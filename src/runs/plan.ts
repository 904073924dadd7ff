import type {Config} from '../config/schema.ts'
import type {Environment} from '../config/environment.ts'
import {OpsError} from '../errors.ts'
import {type Frozen, freezePlan} from '../runbooks/freeze.ts'
import {type LoadedRunbook, runbookFile} from '../runbooks/load.ts'
import {describeParams, parseParams, withoutSecrets} from '../runbooks/params.ts'
import {approvalNeed} from '../runbooks/approval.ts'
import type {Step} from '../runbooks/define.ts'
import type {Plan} from '../runbooks/plan.ts'
import {NOTHING_USUAL, type UsualDurations} from '../store/runs/history.ts'
import type {AppContext} from '../app/context.ts'
import {loadWatched} from './load-watched.ts'
import {noRecord, openTouch, stepContext, withSpool} from './contexts.ts'

/** The environment that was named, else the only one. Raises `config/environment`. */
export function chooseEnvironment(config: Config, name: string | undefined): Environment {
  const names = config.environments.map(environment => environment.name).join(', ')
  const found =
    name === undefined ? config.environments : config.environments.filter(environment => environment.name === name)
  const [only] = found
  if (only && found.length === 1) return only
  throw new OpsError(
    'config/environment',
    name === undefined
      ? 'there are several environments; say which one'
      : `there is no environment ${JSON.stringify(name)}`,
    {hint: `Give --env with one of: ${names}.`},
  )
}

export interface PlanInput {
  readonly run: string
  readonly loaded: LoadedRunbook
  readonly environment: Environment
  /** Parsed, with defaults. */
  readonly params: Readonly<Record<string, unknown>>
  readonly shownParams: Readonly<Record<string, unknown>>
}

/** Loads a runbook and its parameters, as text from outside, for planning. */
export async function preparePlan(
  context: AppContext,
  request: {
    readonly runbook: string
    readonly environment: string | undefined
    readonly params: Readonly<Record<string, unknown>>
    readonly run: string
  },
): Promise<PlanInput & {readonly secretParams: readonly string[]}> {
  const loaded = await loadWatched(context, runbookFile(context.runbookDirectories(), request.runbook))
  const environment = chooseEnvironment(context.config(), request.environment)
  const described = await describeParams(loaded.book)
  const params = parseParams(loaded.book, described, request.params)
  const {shown, secret} = withoutSecrets(described, params)
  for (const name of secret) context.redactor.add(String(params[name]))
  return {run: request.run, loaded, environment, params, shownParams: shown, secretParams: secret}
}

/** Reads the world and freezes a plan; changes nothing. How long things usually take is for people, and no part of its hash. */
export async function makePlan(
  context: AppContext,
  input: PlanInput,
  signal: AbortSignal,
  usual: UsualDurations = NOTHING_USUAL,
): Promise<Frozen> {
  const {loaded, environment, run} = input
  await context.rememberDeclared()
  return withSpool(context.stateDir, async spoolDir => {
    const touch = openTouch(context, {
      mode: 'read',
      run,
      environment,
      record: noRecord,
      signal,
      spoolDir,
      env: {},
      progress: () => {},
    })
    const readOnly = (step: Step) =>
      stepContext({...touch, progress: () => {}, signal, fence: 0, run, reason: '', saved: {}, save: () => {}}, step)
    const freeze = () =>
      freezePlan({
        run,
        loaded,
        environment,
        params: input.params,
        shownParams: input.shownParams,
        onFailure: context.config().policy.onFailure,
        approval: approvalNeed(context.config().policy, loaded.book.name, environment.name),
        facts: {$: touch.$, ops: touch.ops, signal},
        usual: usual.steps,
        usualRunMs: usual.run,
        now: context.clock.now(),
        redact: text => context.redactor.redact(text),
        forecast: async step => (step.check ? step.check(readOnly(step)) : 'cannot know'),
      })
    return context.stalls().watch(`planning ${loaded.book.name}`, freeze)
  })
}

/** The steps of a run that began, from the facts that were frozen then. Reads nothing. */
export async function rebuildPlan(context: AppContext, input: PlanInput, plan: Plan): Promise<Frozen> {
  const {book} = input.loaded
  const frozen = {...input.loaded, book: {...book, facts: async () => plan.facts as never}}
  const nothing = new AbortController().signal
  const touch = openTouch(context, {
    mode: 'read',
    run: input.run,
    environment: input.environment,
    record: noRecord,
    signal: nothing,
    spoolDir: context.stateDir,
    env: {},
    progress: () => {},
  })
  return freezePlan({
    run: input.run,
    loaded: frozen,
    environment: input.environment,
    params: input.params,
    shownParams: input.shownParams,
    onFailure: plan.onFailure,
    approval: plan.approval,
    facts: {$: touch.$, ops: touch.ops, signal: nothing},
    usual: new Map(),
    usualRunMs: undefined,
    now: plan.at,
    redact: text => context.redactor.redact(text),
    forecast: async () => 'cannot know',
  })
}
