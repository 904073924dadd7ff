import {escapeLine, escapeText} from '../text/escape.ts'
import type {Environment} from '../config/environment.ts'
import {OpsError} from '../errors.ts'
import {parseDuration} from '../units/duration.ts'
import type {CheckAnswer, Confirm, FactsContext, Forecast, Guard, Runbook, Step} from './define.ts'
import {decisionProblem} from './decisions.ts'
import type {ApprovalNeed} from './approval.ts'
import {hashOfCode} from './module-watch.ts'
import type {HostRetry} from './planned-hosts.ts'
import {DANGERS} from './known-keys.ts'
import {planGuard} from './plan-guard.ts'
import type {LoadedRunbook} from './load.ts'
import type {Plan, PlannedStep} from './plan.ts'
import {planHash} from './plan-hash.ts'
import {startRule} from './start-rule.ts'
import {guardWordProblem, stepWordProblem} from './strict.ts'
import {callAuthored} from './thrown.ts'
import {waitingForCommands, withCommands} from './unfinished.ts'

export const DEFAULT_STEP_TIMEOUT_MS = 300_000

export interface FreezeInput {
  readonly run: string
  readonly loaded: LoadedRunbook
  readonly params: Readonly<Record<string, unknown>>
  readonly shownParams: Readonly<Record<string, unknown>>
  readonly environment: Environment
  readonly onFailure: 'undo' | 'leave'
  readonly approval: ApprovalNeed | undefined
  /** Hosts that an earlier run did are left alone. */
  readonly retry?: HostRetry | undefined
  readonly facts: Omit<FactsContext<never>, 'params' | 'environment'>
  /** Median duration of earlier runs by step id. */
  readonly usual: ReadonlyMap<string, number>
  readonly usualRunMs: number | undefined
  readonly now: number
  /** Takes secrets out of what is stored and shown; the steps themselves keep their values. */
  readonly redact?: (text: string) => string
  /** What a step's check says beforehand. */
  readonly forecast: (step: Step) => Promise<CheckAnswer>
  /** How long a step says that it will take; nothing is asked when left out. */
  readonly estimate?: (step: Step) => Promise<string | undefined>
}

/** Of one title, question or list entry. */
const LONGEST_TEXT = 20_000

/** A frozen plan together with the live steps it was made from. */
export interface Frozen {
  readonly plan: Plan
  readonly steps: readonly Step[]
  readonly guards: readonly Guard[]
  readonly facts: unknown
}

/** Reads the facts, makes the steps, asks every check, and freezes what a person will be shown. */
export async function freezePlan(input: FreezeInput): Promise<Frozen> {
  const {loaded, environment, run} = input
  const runbook = loaded.runbook
  const reading = {...input.facts, params: input.params, environment: environment.name}
  const facts: unknown = await callAuthored(input, () =>
    withCommands(reading, async context => runbook.facts?.(context)),
  )
  const planning = {params: input.params, facts: facts as never, environment: environment.name, run}
  const {retry} = input
  const whole = await callAuthored(input, () => runbook.plan(planning))
  checkSteps(runbook, whole)
  const written = retry === undefined ? whole : await leftBy(retry, whole)
  const steps = written.map(waitingForCommands)
  const resources = await callAuthored(
    input,
    () => runbook.locks?.({params: input.params, environment: environment.name, facts}) ?? [],
  )
  const locks = resources.map(resource => `${environment.name}/${resource}`)
  for (const step of steps) refuseSecrets(runbook, input.redact, [step.id, ...(step.terminal ?? [])])
  refuseSecrets(runbook, input.redact, locks)
  const guards = await callAuthored(input, () => runbook.guards?.(planning) ?? [])
  checkGuards(runbook, guards)
  const said = (text: string): string => escapeText(input.redact?.(text) ?? text, LONGEST_TEXT)
  const planned = await Promise.all(
    steps.map(async (step, index) =>
      planStep(step, index, {
        forecast: await forecastOf(step, input.forecast),
        usualMs: input.usual.get(step.id),
        estimate: step.estimate && (await input.estimate?.(step).catch(() => undefined)),
        said,
      }),
    ),
  )
  // Last of all: facts and plan may have loaded more.
  const code = loaded.code?.()
  const body = {
    runbook: runbook.name,
    summary: runbook.summary,
    danger: runbook.danger,
    protected: environment.protected,
    start: startRule(runbook.danger, environment),
    runbookHash: code ? hashOfCode(code) : loaded.hash,
    ...code,
    environment: environment.name,
    params: input.shownParams,
    facts: plain(facts, input.redact ?? (text => text)),
    steps: planned,
    ...(guards.length === 0
      ? {}
      : {guards: guards.map(guard => planGuard({...guard, title: said(guard.title)}, steps))}),
    locks,
    onFailure: runbook.onFailure ?? input.onFailure,
    ...(retry === undefined ? {} : {retry}),
    ...(input.approval === undefined || runbook.danger === 'safe' ? {} : {approval: input.approval}),
  }
  const plan: Plan = {
    run,
    ...body,
    hash: planHash(body),
    usualMs: input.usualRunMs,
    at: input.now,
  }
  return {plan, steps, guards, facts}
}

/** Loaded only where an earlier run is tried again. */
async function leftBy(retry: HostRetry, steps: readonly Step[]): Promise<readonly Step[]> {
  const {withoutDone} = await import('./host-retry.ts')
  return steps.map(step => withoutDone(step, retry))
}

/** Facts as they are stored: plain JSON, nothing that only lives in memory; no secret in a value, nor as a key. */
const plain = (value: unknown, redact: (text: string) => string): unknown =>
  value === undefined ? null : redacted(JSON.parse(JSON.stringify(value)), redact)

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(item => redacted(item, redact))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redacted(item, redact)]))
}

async function forecastOf(step: Step, ask: (step: Step) => Promise<CheckAnswer>): Promise<Forecast> {
  if (step.readOnly) return 'done'
  if (!step.check) return step.manual === undefined ? 'would change' : 'cannot know'
  try {
    const answer = await ask(step)
    return typeof answer === 'object' ? 'done' : answer
  } catch {
    return 'cannot know'
  }
}

function planStep(
  step: Step,
  index: number,
  known: {
    readonly forecast: Forecast
    readonly usualMs: number | undefined
    readonly estimate: string | undefined
    readonly said: (text: string) => string
  },
): PlannedStep {
  const {said} = known
  return {
    id: step.id,
    index,
    title: said(step.title),
    why: said(step.why ?? ''),
    targets: (step.targets ?? []).map(said),
    ...(step.hosts === undefined ? {} : {hosts: step.hosts}),
    forecast: known.forecast,
    confirm: confirmOf(step.confirm ?? (step.mode === 'assisted' ? `Run it: ${step.title}?` : undefined), said),
    ...(step.mode === 'assisted' ? {assisted: true} : {}),
    manual: mapText(step.manual, said),
    ...(step.terminal === undefined ? {} : {terminal: step.terminal}),
    skipped: mapText(skipReason(step.when), said),
    undo: step.undo !== undefined,
    verify: step.verify !== undefined,
    readOnly: step.readOnly ?? false,
    timeoutMs:
      step.timeout === undefined ? DEFAULT_STEP_TIMEOUT_MS : (parseDuration(step.timeout) ?? DEFAULT_STEP_TIMEOUT_MS),
    retries: step.retries ?? 0,
    stopCost: said(step.stopCost ?? ''),
    ...(step.decisions === undefined
      ? {}
      : {
          decisions: step.decisions.map(({id, title, consequence}) => ({
            id,
            title: said(title),
            consequence: said(consequence),
          })),
        }),
    usualMs: known.usualMs,
    ...(known.estimate === undefined ? {} : {estimate: said(known.estimate)}),
  }
}

function confirmOf(confirm: string | Confirm | undefined, said: (text: string) => string): PlannedStep['confirm'] {
  if (confirm === undefined) return undefined
  if (typeof confirm === 'string') return {text: said(confirm), touches: [], type: undefined}
  return {text: said(confirm.text), touches: (confirm.touches ?? []).map(said), type: mapText(confirm.type, said)}
}

const mapText = (text: string | undefined, said: (text: string) => string): string | undefined =>
  text === undefined ? undefined : said(text)

function skipReason(when: Step['when']): string | undefined {
  if (when === undefined || when === true) return undefined
  if (when === false) return 'not needed'
  return when.ok ? undefined : when.reason
}

function checkSteps(runbook: Runbook, steps: readonly (Step | undefined)[]): void {
  if (!Array.isArray(steps))
    throw new OpsError('runbook/invalid', `${runbook.name}: its plan does not return a list of steps`)
  const seen = new Set<string>()
  for (const [index, step] of steps.entries()) {
    if (typeof step?.title !== 'string')
      throw new OpsError(
        'runbook/invalid',
        `${runbook.name}: entry ${index + 1} of its plan is not a step with a title`,
      )
    const problem = stepProblem(step, seen) ?? dangerProblem(step, runbook)
    if (problem) throw new OpsError('runbook/invalid', `${runbook.name}, step ${JSON.stringify(step.id)}: ${problem}`)
    seen.add(step.id)
  }
}

function checkGuards(runbook: Runbook, guards: readonly Guard[]): void {
  const ids = guards.map(guard => guard.id)
  const odd = ids.find((id, index) => id === '' || id !== escapeLine(id, 200) || ids.indexOf(id) !== index)
  if (odd !== undefined)
    throw new OpsError('runbook/invalid', `${runbook.name}: guard ${JSON.stringify(odd)} needs an id of its own`)
  for (const guard of guards) {
    const problem = guardWordProblem(guard)
    if (problem !== undefined)
      throw new OpsError('runbook/invalid', `${runbook.name}, guard ${JSON.stringify(guard.id)}: ${problem}`)
  }
}

function stepProblem(step: Step, seen: ReadonlySet<string>): string | undefined {
  if (typeof step.id !== 'string' || step.id === '') return 'it has no id'
  if (step.id !== escapeLine(step.id, 200)) return 'its id has control characters, or more than 200 characters'
  if (seen.has(step.id)) return 'two steps have this id'
  if (!step.run && step.manual === undefined && step.terminal === undefined)
    return 'it has neither run, manual nor terminal'
  if (step.timeout !== undefined && parseDuration(step.timeout) === undefined)
    return `its timeout ${JSON.stringify(step.timeout)} is not a duration`
  if (step.mode === 'assisted' && !step.run) return 'it is assisted, but has no run'
  if ((step.onUnknown as string) === 'probe')
    return 'onUnknown should be ask, recheck or rerun, got "probe", which is called recheck now'
  const decision = decisionProblem(step.decisions ?? [])
  if (decision !== undefined) return decision
  const word = stepWordProblem(step)
  if (word !== undefined) return word
  if (step.onUnknown === 'rerun' && !step.idempotent)
    return "onUnknown 'rerun' is only for steps that say idempotent: true"
  return undefined
}

/** What is stored as it is and cannot be redacted, because it is compared or carried out. */
function refuseSecrets(runbook: Runbook, redact: FreezeInput['redact'], texts: readonly string[]): void {
  for (const text of texts) {
    const shown = redact?.(text) ?? text
    if (shown === text) continue
    throw new OpsError(
      'runbook/invalid',
      `${runbook.name}: ${JSON.stringify(escapeLine(shown, 200))} would store a secret in the plan`,
      {hint: 'Keep secrets out of ids, locks and terminal commands; give them to commands by env.'},
    )
  }
}

function dangerProblem({danger = 'safe'}: Step, runbook: Runbook): string | undefined {
  if (DANGERS.indexOf(danger) <= DANGERS.indexOf(runbook.danger)) return undefined
  return `it comes from a ${danger} runbook, so this one is ${danger} too and must say so`
}
