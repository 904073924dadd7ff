import type {AuditRecord} from '../../audit/record.ts'
import type {Actor} from '../../identity/actor.ts'
import type {Runbook, StepContext} from '../../runbooks/define.ts'
import type {OutputLine, RunEvent} from '../../runbooks/events.ts'
import type {Ended, ExecuteTools} from '../../runbooks/execute-tools.ts'
import type {Plan} from '../../runbooks/plan.ts'
import type {RunRequest} from '../../runbooks/ports.ts'
import {hostRecord, NO_HOST_RECORD} from '../../runbooks/host-record.ts'
import {liveSaved, recordStep} from '../../runbooks/record.ts'
import type {RunState} from '../../runbooks/state.ts'
import {systemClock} from '../../units/clock.ts'
import {answerer} from './fake-world.ts'
import {answeringQueue, memoryAudit, type MemoryJournal, memoryJournal, memoryLocks} from './memory-ports.ts'
import {type EngineOptions, type MemoryPlan, planInMemory, RUN} from './memory-plan.ts'
import type {TestRun} from './test-run.ts'

export const TESTER: Actor = {
  name: 'tester',
  evidence: 'claimed',
  uid: 0,
  loginUid: undefined,
  from: 'test',
  host: 'test',
}

export interface MemoryTools extends ExecuteTools {
  readonly journal: MemoryJournal
}

/** All that the real engine needs to carry a plan out in memory. A test of the engine puts its own in place of single tools. */
export interface MemoryRun {
  readonly tools: MemoryTools
  readonly audit: readonly AuditRecord[]
  /** Stops it as a person or a signal does. */
  readonly stop: (reason: Error) => void
  /** What became of it, once the engine has said how it ended. */
  readonly result: (ended: Ended) => TestRun
}

export async function prepareRun(runbook: Runbook, options: EngineOptions): Promise<MemoryRun> {
  const memory = await planInMemory(runbook, options)
  const {plan} = await memory.freeze()
  const clock = systemClock
  const journal = memoryJournal(RUN, clock)
  const audit = memoryAudit(TESTER, clock)
  const lines: OutputLine[] = []
  const request = requestOf(plan, memory.params, options)
  const stop = new AbortController()
  const output = {line: (line: OutputLine) => void lines.push(line), progress: () => {}, spoolDir: ''}
  const tools: MemoryTools = {
    request,
    runbook: memory.runbook,
    journal,
    audit,
    clock,
    refreeze: memory.freeze,
    locks: memoryLocks(TESTER, clock),
    answers: answeringQueue(TESTER, journal, answerer(options)),
    expiryMs: 60_000,
    process: {pid: process.pid, startTicks: 0, bootId: ''},
    abort: stop.signal,
    halt: reason => stop.abort(reason),
    whyNotAdmitted: () => Promise.resolve(undefined),
    orphans: () => [],
    ...contextsOf(memory, {journal, audit, output, request}),
  }
  return {
    tools,
    audit: audit.records,
    stop: reason => stop.abort(reason),
    result: ended => ({...ended, plan, ...told(journal.events, journal.state(), lines)}),
  }
}

const requestOf = (plan: Plan, params: RunRequest['params'], options: EngineOptions): RunRequest => ({
  v: 1,
  run: RUN,
  file: '',
  config: '',
  environment: plan.environment,
  params,
  secretParams: [],
  plan,
  actor: TESTER,
  reason: options.reason ?? '',
  dryRun: options.dryRun ?? false,
  answers: {yes: false, typed: [], via: 'flag'},
  started: false,
  lockWaitMs: 0,
})

/** What steps and guards get: the fake world, recorded by the real records. */
function contextsOf(
  {world, ops}: MemoryPlan,
  parts: Pick<ExecuteTools, 'journal' | 'audit' | 'request'> & {
    readonly output: Parameters<typeof recordStep>[0]['output']
  },
): Pick<ExecuteTools, 'context' | 'preview' | 'guardContext'> {
  const {journal, request} = parts
  const environment = request.environment
  let command = 0
  const nextCommand = (): number => (command += 1)
  const records = {...parts, redact: (text: string) => text, run: RUN, environment, nextCommand}
  const same = {ops, progress: () => {}, run: RUN, reason: request.reason}
  return {
    guardContext: signal => ({$: world.reading('guard'), ops, signal}),
    preview: (step, {signal, fence, tell}) => ({
      ...same,
      $: world.printing(tell),
      log: () => {},
      signal,
      idempotencyKey: `${RUN}/${step.id}`,
      fence,
      saved: journal.state().saved,
      save: () => {},
      hostRecord: NO_HOST_RECORD,
    }),
    context: (step, planned, {signal, fence, phase}): StepContext => {
      const record = recordStep(records, step.id, planned.targets)
      return {
        ...same,
        $: phase === 'check' ? world.reading(step.id) : world.recorded(record, request.dryRun),
        log: line => record.line('log', String(line)),
        signal,
        idempotencyKey: `${RUN}/${step.id}`,
        fence,
        decided: () => journal.state().decided?.[step.id],
        ...liveSaved({...parts, request}, step.id),
        hostRecord: hostRecord({...parts, request}, step.id, phase),
      }
    },
  }
}

function told(
  events: readonly RunEvent[],
  state: RunState,
  lines: readonly OutputLine[],
): Omit<TestRun, 'outcome' | 'reason' | 'plan'> {
  return {
    events,
    commands: events.flatMap(event => (event.type === 'command-started' ? [event.text] : [])),
    log: lines.filter(line => line.stream !== 'command').map(line => line.text),
    saved: state.saved,
    steps: Object.fromEntries(state.steps.map(view => [view.step.id, view.state])),
    hosts: state.steps.flatMap(({step, hosts = []}) =>
      hosts.map(({host, state: at, reason}) => ({step: step.id, host, state: at, reason})),
    ),
    undone: events.flatMap(event =>
      event.type === 'step-finished' && event.phase === 'undo' && event.outcome === 'done' ? [event.step] : [],
    ),
    asked: events.flatMap(event => (event.type === 'prompt-opened' ? [event.prompt] : [])),
    afterwards: state.afterwards,
  }
}
