import {OpsError} from '../errors.ts'
import type {FactsContext, PlanContext, Runbook, Step, StepContext} from './define.ts'

/** A runbook inside of another: its steps get ids of their own, and what they save stays among them. */

type Params = Readonly<Record<string, unknown>>

export interface IncludeOptions {
  /** Stands before the ids of its steps, `safety/dump`, and before what they save. Unique in the plan. */
  readonly prefix: string
  /** Parameters as values; defaults are filled in. Raises `runbook/params`. */
  readonly params?: Params
  /** What `factsOf` read. */
  readonly facts?: unknown
}

/**
 * Reads the facts of an included runbook, for the facts of the outer one.
 *
 * @example facts: async context => ({safety: await factsOf(backup, context, {backup: 'main'})})
 */
export async function factsOf(
  runbook: Runbook,
  context: Omit<FactsContext<unknown>, 'params'>,
  params: Params = {},
): Promise<unknown> {
  return runbook.facts?.({...context, params: paramsOf(runbook, params)})
}

/** The resources that an included runbook locks, for the locks of the outer one. `facts` is what `factsOf` read. */
export function locksOf(
  runbook: Runbook,
  environment: string,
  params: Params = {},
  facts?: unknown,
): readonly string[] {
  return runbook.locks?.({params: paramsOf(runbook, params), environment, facts}) ?? []
}

/**
 * The steps of an included runbook, for the plan of the outer one. Pure, as every plan. The outer runbook must be as
 * dangerous as the included one says it is, takes its locks with `locksOf`, and decides what happens on a failure.
 *
 * @example plan: context => [...stepsOf(backup, context, {prefix: 'safety', facts: context.facts.safety}), migrate]
 */
export function stepsOf(
  runbook: Runbook,
  {environment, run}: Pick<PlanContext<unknown, unknown>, 'environment' | 'run'>,
  {prefix, params = {}, facts}: IncludeOptions,
): readonly Step[] {
  requirePrefix(prefix)
  const own = {params: paramsOf(runbook, params), facts: facts as never, environment, run: innerRun(run, prefix)}
  return runbook.plan(own).map(step => includeStep(step, prefix, runbook))
}

/** The closing notes of an included runbook, for those of the outer one. */
export function afterwardsOf(
  runbook: Runbook,
  {environment, run, saved}: Pick<PlanContext<unknown, unknown>, 'environment' | 'run'> & {readonly saved: Params},
  {prefix, params = {}, facts}: IncludeOptions,
): readonly string[] {
  const own = {params: paramsOf(runbook, params), facts: facts as never, environment, run: innerRun(run, prefix)}
  return runbook.afterwards?.({...own, saved: inner(saved, prefix)}) ?? []
}

/** Names that a runbook makes of the run's id stay apart when it is included twice. */
const innerRun = (run: string, prefix: string): string => `${run}-${prefix}`

function requirePrefix(prefix: string): void {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(prefix))
    throw new OpsError('runbook/invalid', `${JSON.stringify(prefix)} cannot be a prefix: use a-z, 0-9 and -`)
}

function paramsOf(runbook: Runbook, params: Params): never {
  const unknown = Object.keys(params).filter(name => !(name in (runbook.params?.shape ?? {})))
  if (unknown.length > 0)
    throw new OpsError(
      'runbook/params',
      `${runbook.name} has no parameter ${unknown.map(name => JSON.stringify(name)).join(', ')}`,
    )
  const parsed = runbook.params?.safeParse(params)
  if (parsed && !parsed.success) {
    const problems = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
    throw new OpsError('runbook/params', `${runbook.name}: ${problems.join('; ')}`)
  }
  return (parsed?.data ?? {}) as never
}

function includeStep(step: Step, prefix: string, runbook: Runbook): Step {
  const scoped = <Result>(
    work: ((context: StepContext) => Result) | undefined,
    key: 'check' | 'run' | 'verify' | 'undo',
  ) => (work === undefined ? {} : {[key]: (context: StepContext) => work(scope(context, prefix))})
  return {
    ...step,
    id: `${prefix}/${step.id}`,
    danger: step.danger ?? runbook.danger,
    ...scoped(step.check, 'check'),
    ...scoped(step.run, 'run'),
    ...scoped(step.verify, 'verify'),
    ...scoped(step.undo, 'undo'),
  }
}

function scope(context: StepContext, prefix: string): StepContext {
  const saved = inner(context.saved, prefix)
  return {
    ...context,
    run: innerRun(context.run, prefix),
    saved,
    save: (key, value) => {
      context.save(`${prefix}/${key}`, value)
      saved[key] = value ?? null
    },
  }
}

const inner = (saved: Params, prefix: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(saved).flatMap(([key, value]) =>
      key.startsWith(`${prefix}/`) ? [[key.slice(prefix.length + 1), value]] : [],
    ),
  )
