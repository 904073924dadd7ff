import {readFileSync, statSync} from 'node:fs'
import {messageOf, OpsError} from '../errors.ts'
import {isAlive, type ProcessIdentity} from '../processes/identity.ts'
import type {Engine, Feed, RunView} from '../runbooks/engine.ts'
import type {Prompt, RunEvent} from '../runbooks/events.ts'
import {approvalRefusal} from '../runbooks/approval.ts'
import {commandsInFlight, inFlightLines} from '../runbooks/in-flight.ts'
import {listRunbooks} from '../runbooks/load.ts'
import type {Progress} from '../runbooks/ports.ts'
import type {RunRow} from '../runbooks/rows.ts'
import {emptyRun, reduceRun, type RunState} from '../runbooks/state.ts'
import {listRunIds, readPlan, readRequest, runFiles} from '../store/runs/directory.ts'
import {leaveRequest} from '../store/runs/inbox.ts'
import {readEvents} from '../store/runs/journal.ts'
import {readOutput} from '../store/runs/output.ts'
import {sleep} from '../units/clock.ts'
import type {AppContext} from '../app/context.ts'
import {damagedRow} from './damaged-row.ts'
import {diskTrouble, orDiskFull} from './disk.ts'
import {launchResume, launchRun, STARTED_WITHIN_MS} from './launch.ts'
import {openPlans} from './keep.ts'
import {listLocks, releaseLock} from './locks.ts'
import {loadWatched} from './load-watched.ts'
import {composeReport} from './report.ts'

const FOLLOW_EVERY_MS = 60

/** The engine over the files of a state directory. Holds nothing itself but what it has read. */
export function createEngine(context: AppContext): Engine {
  const reader = createReader(context)
  const plans = openPlans(context)
  return {
    runbooks: () => listRunbooks(context.runbookDirectories(), file => loadWatched(context, file)),
    plan: plans.make,
    keptPlan: id => readPlan(context.stateDir, id).plan,
    start: request => {
      if (context.config().policy.readOnly)
        throw new OpsError('usage/read-only', 'the policy is read-only: no run may start')
      const made = plans.made(request.plan)
      const known = {...made?.secrets, ...request.secrets}
      for (const value of Object.values(known)) context.redactor.add(value)
      // The request is a file too.
      const start = {...request, reason: context.redactor.redact(request.reason), secrets: known}
      return orDiskFull(context.stateDir, launchRun(context, start, made?.standby))
    },
    resume: request => {
      const view = reader.view(request.run)
      if (view.outcome !== undefined)
        return Promise.reject(new OpsError('run/ended', `run ${request.run} has already ended: ${view.outcome}`))
      return orDiskFull(context.stateDir, launchResume(context, request))
    },
    state: reader.view,
    list: limit =>
      listRunIds(context.stateDir)
        .slice(-(limit ?? 50))
        .toReversed()
        .flatMap(run => reader.row(run) ?? []),
    follow: (run, signal) => follow(context, run, signal, reader.view),
    report: async run =>
      composeReport(
        reader.view(run),
        (await loadWatched(context, readRequest(runFiles(context.stateDir, run)).file)).book,
      ),
    output: (run, last) => reader.output(run, last),
    progress: run => readProgress(runFiles(context.stateDir, run).progress),
    answer: (run, prompt, answer, reason, via) => {
      const open = reader.view(run).prompt
      if (open?.id !== prompt)
        throw new OpsError('run/ended', `run ${run} has no open question ${prompt}`, {
          hint: `See \`opsconsole runs show ${run}\`.`,
        })
      const over = approvalOver(context, open)
      if (over !== undefined) throw new OpsError('run/refused', over)
      leaveRequest(runFiles(context.stateDir, run).inbox, {
        kind: 'answer',
        prompt,
        answer,
        reason,
        by: context.actor(),
        via,
      })
    },
    approve: (run, reason, plan) => approveRun(context, reader.view(run), {reason, plan}),
    abort: (run, reason) => {
      const view = reader.view(run)
      if (view.outcome !== undefined) throw new OpsError('run/ended', `run ${run} has already ended: ${view.outcome}`)
      leaveRequest(runFiles(context.stateDir, run).inbox, {kind: 'abort', reason, by: context.actor()})
    },
    locks: () => listLocks(context),
    releaseLock: (lock, reason) => releaseLock(context, lock, reason),
  }
}

/** Leaves the approval where the run finds it, now or when it is taken up. */
function approveRun(
  context: AppContext,
  view: RunView,
  {reason, plan}: {readonly reason: string; readonly plan: string | undefined},
): void {
  const {prompt, actor, plan: frozen, run} = view
  if (prompt?.kind !== 'approval' || !actor || !frozen)
    throw new OpsError('run/ended', `run ${run} does not wait for an approval`)
  if (plan !== undefined && !frozen.hash.startsWith(plan))
    throw new OpsError('run/refused', `run ${run} has plan ${frozen.hash.slice(0, 16)}, not ${plan}`)
  const over = approvalOver(context, prompt)
  const refusal = over ?? approvalRefusal(actor, context.actor())
  const entry = {
    action: 'approval given',
    target: frozen.runbook,
    environment: frozen.environment,
    run,
    reason,
    detail: {plan: frozen.hash},
    phase: 'decision' as const,
  }
  context.audit().append({...entry, outcome: refusal === undefined ? 'approved' : `refused: ${refusal}`})
  if (refusal !== undefined)
    throw new OpsError('run/refused', refusal, {
      hint: over === undefined ? 'Another person must approve it, logged in as themselves.' : 'Start it again.',
    })
  leaveRequest(runFiles(context.stateDir, run).inbox, {
    kind: 'answer',
    prompt: prompt.id,
    plan: frozen.hash,
    answer: 'approve',
    reason,
    by: context.actor(),
    via: 'command',
  })
}

/** A suspended run has no process that would see its question expire, so whoever approves looks at the clock. */
function approvalOver(context: AppContext, {kind, expiresAt}: Prompt): string | undefined {
  if (kind !== 'approval' || context.clock.now() < expiresAt) return undefined
  return `the time to approve it was over at ${new Date(expiresAt).toISOString()}`
}

interface Cached {
  state: RunState
  process: ProcessIdentity | undefined
  end: number
  outputEnd: number
  lines: Feed['line'][]
  total: number
}

/** At most this many output lines of a run are kept in memory for the screen. */
const LINES_KEPT = 5000

/** Reads runs incrementally: a journal of which nothing new came costs one fstat. */
function createReader(context: AppContext) {
  const cache = new Map<string, Cached>()
  const get = (run: string): Cached => {
    const files = runFiles(context.stateDir, run)
    const cached = cache.get(run) ?? {
      state: emptyRun(run),
      process: undefined,
      end: 0,
      outputEnd: 0,
      lines: [],
      total: 0,
    }
    if (cached.end === 0) readRequest(files)
    const {events, end} = readEvents(files.journal, cached.end)
    for (const event of events) {
      cached.state = reduceRun(cached.state, event)
      if (event.type === 'run-started' || event.type === 'run-resumed') cached.process = event.process
    }
    cached.end = end
    cache.set(run, cached)
    return cached
  }
  const view = (run: string): RunView => {
    const {state, process} = get(run)
    if (process === undefined) return notBegun(context, run)
    const lost = state.outcome === undefined && state.suspended !== true && !isAlive(process)
    if (!lost) return {...state, lost, inFlight: []}
    const files = runFiles(context.stateDir, run)
    return {
      ...markUnknown(state),
      lost,
      // What ended the runner may well end the next one too.
      endReason: diskTrouble(context.stateDir) ?? state.endReason,
      inFlight: inFlightLines(commandsInFlight(readEvents(files.journal).events, files.spool)),
    }
  }
  return {
    view,
    /** Undefined: its directory is there, its request is not. Nothing was asked yet. */
    row: (run: string): RunRow | undefined => {
      try {
        return runRow(view(run))
      } catch (error) {
        return error instanceof OpsError && error.code === 'run/unknown'
          ? undefined
          : damagedRow(context, run, messageOf(error))
      }
    },
    output: (run: string, last: number) => {
      const cached = get(run)
      const {lines, end} = readOutput(runFiles(context.stateDir, run).output, cached.outputEnd)
      cached.outputEnd = end
      cached.total += lines.length
      cached.lines.push(...lines)
      if (cached.lines.length > LINES_KEPT) cached.lines = cached.lines.slice(-LINES_KEPT)
      return {lines: cached.lines.slice(-last).filter(line => line !== undefined), total: cached.total}
    },
  }
}

/** It was asked for, and its runner has written nothing: it is about to begin, or its runner died before that. */
function notBegun(context: AppContext, run: string): RunView {
  const files = runFiles(context.stateDir, run)
  const {plan, actor, reason, dryRun} = readRequest(files)
  const at = statSync(files.request).mtimeMs
  const process = {pid: 0, startTicks: 0, bootId: ''}
  const state = reduceRun(emptyRun(run), {
    v: 1,
    seq: 0,
    at,
    run,
    type: 'run-started',
    plan,
    actor,
    reason,
    dryRun,
    process,
  })
  const lost = context.clock.now() - at > STARTED_WITHIN_MS
  return {...state, lost, inFlight: [], endReason: lost ? 'its runner died before it began; nothing was touched' : ''}
}

/** The runner died: what it was doing is unknown, never guessed. */
function markUnknown(state: RunState): RunState {
  return {
    ...state,
    steps: state.steps.map(step =>
      step.state === 'running' || step.state === 'undoing'
        ? {...step, state: 'unknown', reason: 'its runner is gone; nobody knows whether it happened'}
        : step,
    ),
  }
}

export function runRow(view: RunView): RunRow {
  const finished = view.steps.filter(step => !['pending', 'waiting', 'running'].includes(step.state)).length
  const current =
    view.steps.find(step => step.state === 'running' || step.state === 'waiting' || step.state === 'undoing') ??
    view.steps[Math.min(finished, view.steps.length - 1)]
  return {
    id: view.run,
    runbook: view.plan?.runbook ?? '?',
    environment: view.plan?.environment ?? '?',
    actor: view.actor?.name ?? '?',
    startedAt: view.startedAt ?? 0,
    endedAt: view.endedAt,
    durationMs: view.durationMs,
    usualMs: view.plan?.usualMs,
    state: view.outcome ?? (view.suspended ? 'suspended' : view.lost ? 'lost' : view.prompt ? 'waiting' : 'running'),
    stepIndex: finished,
    stepCount: view.steps.length,
    stepTitle: current?.step.title ?? '',
    reason: view.endReason || view.reason,
    dryRun: view.dryRun,
    exitCode: view.exitCode,
  }
}

function readProgress(file: string): Progress | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Progress | null) ?? undefined
  } catch {
    return undefined
  }
}

/** Events and output lines in the order in which they came, until the run has ended or its runner is gone. */
async function* follow(
  context: AppContext,
  run: string,
  signal: AbortSignal,
  view: (run: string) => RunView,
): AsyncIterable<Feed> {
  const files = runFiles(context.stateDir, run)
  let [journalEnd, outputEnd] = [0, 0]
  const waiting: RunEvent[] = []
  let ended = false
  for (let last = false; ; ) {
    const gone = view(run).lost
    const journal = readEvents(files.journal, journalEnd)
    journalEnd = journal.end
    waiting.push(...journal.events)
    // Once seen it stays so, also when a line that came after it has already let it go.
    ended ||= waiting.some(event => event.type === 'run-ended') || waiting.at(-1)?.type === 'run-suspended'
    const output = readOutput(files.output, outputEnd)
    outputEnd = output.end
    for (const line of output.lines) {
      while (waiting[0] && waiting[0].seq <= (line.after ?? 0)) yield {event: waiting.shift() as RunEvent}
      yield {line}
    }
    if (output.lines.length > 0) continue
    for (let event = waiting.shift(); event; event = waiting.shift()) yield {event}
    if (last) return
    last = ended || gone
    if (!last) await sleep(FOLLOW_EVERY_MS, signal)
  }
}
