import {createHash} from 'node:crypto'
import {OpsError} from '../../errors.ts'
import type {Actor} from '../../identity/actor.ts'
import {systemClock} from '../../units/clock.ts'
import {parseDuration} from '../../units/duration.ts'
import type {Runbook, Step, StepContext} from '../../runbooks/define.ts'
import type {OutputLine, RunEvent} from '../../runbooks/events.ts'
import {executeRun} from '../../runbooks/execute.ts'
import type {ExecuteTools} from '../../runbooks/execute-tools.ts'
import {DEFAULT_STEP_TIMEOUT_MS, type FreezeInput, freezePlan} from '../../runbooks/freeze.ts'
import type {LoadedRunbook} from '../../runbooks/load.ts'
import type {Ops} from '../../runbooks/ops.ts'
import {describeParams, parseParams, withoutSecrets} from '../../runbooks/params.ts'
import type {Plan} from '../../runbooks/plan.ts'
import type {RunRequest} from '../../runbooks/ports.ts'
import {liveSaved, recordStep} from '../../runbooks/record.ts'
import {answeringDesk, memoryAudit, memoryJournal, memoryLocks} from './memory-ports.ts'
import {answerer, fakeWorld, opsOf} from './fake-world.ts'
import type {TestRun, TestRunOptions} from './test-run.ts'

const ACTOR: Actor = {name: 'tester', evidence: 'claimed', uid: 0, loginUid: undefined, from: 'test', host: 'test'}
const RUN = '20200101-000000-test'

/** See `testRunbook`. */
export async function runInMemory(book: Runbook, options: TestRunOptions): Promise<TestRun> {
  const signal = new AbortController().signal
  const described = await describeParams(book)
  const params = parseParams(book, described, options.params ?? {})
  const loaded = hurried(book, options)
  const world = fakeWorld(options)
  const fakeOps = opsOf(options)
  const freeze = (): ReturnType<typeof freezePlan> => {
    const input: Omit<FreezeInput, 'forecast'> = {
      run: RUN,
      loaded,
      params,
      shownParams: withoutSecrets(described, params).shown,
      environment: {name: options.environment ?? 'test', protected: false},
      onFailure: options.onFailure ?? 'undo',
      approval: undefined,
      redact: text => text,
      facts: {$: world.reading('facts'), ops: fakeOps, signal},
      usual: new Map(),
      usualRunMs: undefined,
      now: systemClock.now(),
    }
    const context = {log: () => {}, progress: () => {}, save: () => {}, saved: {}, fence: 0, run: RUN, reason: ''}
    const forecast: FreezeInput['forecast'] = async step =>
      step.check?.({
        ...context,
        $: world.reading('check'),
        ops: fakeOps,
        signal,
        idempotencyKey: `${RUN}/${step.id}`,
      }) ?? 'cannot know'
    return freezePlan({...input, forecast})
  }
  const {plan} = await freeze()
  return carryOut(loaded.book, plan, {options, world, freeze, fakeOps, params})
}

interface Parts {
  readonly options: TestRunOptions
  readonly world: ReturnType<typeof fakeWorld>
  readonly freeze: () => ReturnType<typeof freezePlan>
  readonly fakeOps: Ops
  readonly params: Readonly<Record<string, unknown>>
}

async function carryOut(book: Runbook, plan: Plan, parts: Parts): Promise<TestRun> {
  const {options, world} = parts
  const clock = systemClock
  const journal = memoryJournal(RUN, clock)
  const audit = memoryAudit(ACTOR, clock)
  const lines: OutputLine[] = []
  const request: RunRequest = {
    v: 1,
    run: RUN,
    file: '',
    config: '',
    environment: plan.environment,
    params: parts.params,
    secretParams: [],
    plan,
    actor: ACTOR,
    reason: options.reason ?? '',
    dryRun: options.dryRun ?? false,
    answers: {yes: false, typed: [], via: 'flag'},
    started: false,
    lockWaitMs: 0,
  }
  const stop = new AbortController()
  let command = 0
  const recordTools = {
    journal,
    audit,
    output: {line: (line: OutputLine) => void lines.push(line), progress: () => {}, spoolDir: ''},
    redact: (text: string) => text,
    run: RUN,
    environment: plan.environment,
    nextCommand: () => (command += 1),
  }
  const same = {ops: parts.fakeOps, progress: () => {}, run: RUN, reason: request.reason}
  const tools: ExecuteTools = {
    request,
    book,
    journal,
    audit,
    clock,
    refreeze: parts.freeze,
    locks: memoryLocks(ACTOR, clock),
    desk: answeringDesk(ACTOR, journal, answerer(options)),
    expiryMs: 60_000,
    process: {pid: process.pid, startTicks: 0, bootId: ''},
    abort: stop.signal,
    halt: reason => stop.abort(reason),
    whyNotAdmitted: () => Promise.resolve(undefined),
    guardContext: signal => ({$: world.reading('guard'), ops: parts.fakeOps, signal}),
    survivors: () => [],
    preview: (step, {signal, fence, tell}) => ({
      ...same,
      $: world.printing(tell),
      log: () => {},
      signal,
      idempotencyKey: `${RUN}/${step.id}`,
      fence,
      saved: journal.state().saved,
      save: () => {},
    }),
    context: (step, planned, {signal, fence, phase}) => {
      const record = recordStep(recordTools, step.id, planned.targets)
      const context: StepContext = {
        ...same,
        $: phase === 'check' ? world.reading(step.id) : world.recorded(record, request.dryRun),
        log: line => record.line('log', String(line)),
        signal,
        idempotencyKey: `${RUN}/${step.id}`,
        fence,
        ...liveSaved(journal, step.id),
      }
      return context
    },
  }
  const {outcome, reason} = await executeRun(tools)
  return {outcome, reason, plan, ...told(journal.events, journal.state(), lines)}
}

function told(
  events: readonly RunEvent[],
  state: ReturnType<ReturnType<typeof memoryJournal>['state']>,
  lines: readonly OutputLine[],
): Omit<TestRun, 'outcome' | 'reason' | 'plan'> {
  return {
    events,
    commands: events.flatMap(event => (event.type === 'command-started' ? [event.text] : [])),
    log: lines.filter(line => line.stream !== 'command').map(line => line.text),
    saved: state.saved,
    steps: Object.fromEntries(state.steps.map(view => [view.step.id, view.state])),
    undone: events.flatMap(event =>
      event.type === 'step-finished' && event.phase === 'undo' && event.outcome === 'done' ? [event.step] : [],
    ),
    asked: events.flatMap(event => (event.type === 'prompt-opened' ? [event.prompt] : [])),
    afterwards: state.afterwards,
  }
}

/** The runbook with given facts and short time limits. */
function hurried(book: Runbook, options: TestRunOptions): LoadedRunbook {
  const timeout = options.timeout ?? '5s'
  const longest = parseDuration(timeout)
  if (longest === undefined) throw new OpsError('usage/arguments', `${timeout} is no duration`)
  const hurry = (step: Step): Step => {
    const own = step.timeout === undefined ? DEFAULT_STEP_TIMEOUT_MS : (parseDuration(step.timeout) ?? longest)
    return own <= longest ? step : {...step, timeout}
  }
  const changed: Runbook = {
    ...book,
    plan: context => book.plan(context).map(hurry),
    ...('facts' in options ? {facts: async () => options.facts as never} : {}),
  }
  return {book: changed, file: `${book.name}.ts`, hash: createHash('sha256').update(book.name).digest('hex')}
}
