import {appendFileSync} from 'node:fs'
import path from 'node:path'
import {openAppContext, type AppOptions} from '../app/context.ts'
import {messageOf, OpsError, toOpsError} from '../errors.ts'
import {identify} from '../processes/identity.ts'
import {openDesk} from '../runbooks/desk.ts'
import {abortedBy, executeRun} from '../runbooks/execute.ts'
import type {ExecuteTools} from '../runbooks/execute-tools.ts'
import {exitOf} from '../runbooks/exit.ts'
import {loadWatched} from './load-watched.ts'
import {liveSaved, recordStep} from '../runbooks/record.ts'
import {commandsInFlight, lastCommand} from '../runbooks/in-flight.ts'
import {openWarmShell, type WarmShell} from '../shell/warm-shell.ts'
import {resumeRun, type ResumeTools} from '../runbooks/resume.ts'
import type {RunEvent} from '../runbooks/events.ts'
import {stateDirectory} from '../app/state-dir.ts'
import {keptSources} from './kept-sources.ts'
import {refusalText} from './refusal.ts'
import {readRequest, runFiles} from '../store/runs/directory.ts'
import {openInbox} from '../store/runs/inbox.ts'
import {openJournal, readEvents} from '../store/runs/journal.ts'
import {openOutput} from '../store/runs/output.ts'
import {writeReport} from './report.ts'
import {watchSurvivors} from './orphans.ts'
import {chooseEnvironment, makePlan, type PlanInput, rebuildPlan} from './plan.ts'
import {noRecord, openTouch, stepContext} from './contexts.ts'
import {previewContext} from './preview.ts'
import type {AppContext} from '../app/context.ts'
import {escapeText} from '../text/escape.ts'
import {redactAnnounced} from '../text/redact.ts'
import type {OutputSink, RunRequest} from '../runbooks/ports.ts'
import {clearSpool, takeOverLeftovers} from './leftovers.ts'
import type {RunFiles} from '../store/runs/directory.ts'

const HEARTBEAT_MS = 5000

/** How a runner was started. */
export interface RunnerOrder {
  readonly run: string
  readonly secrets: Readonly<Record<string, string>>
  /** Takes up a run whose runner died. */
  readonly resume:
    | {readonly override: string | undefined; readonly localLock: string | undefined; readonly unattended: boolean}
    | undefined
}

/** The process of one run, in a session of its own. Resolves with the exit code; its journal tells everything else. */
export async function runRunner(options: AppOptions, order: RunnerOrder): Promise<number> {
  const files = runFiles(stateDirectory(options.env), order.run)
  const stored = readRequest(files)
  // A resumed run is carried on in the name of whoever resumes it.
  const context = order.resume ? openAppContext(options) : openAppContext(options, {actor: stored.actor})
  const request = {
    ...stored,
    actor: context.actor(),
    params: {...stored.params, ...order.secrets},
    ...(order.resume?.localLock === undefined ? {} : {localLock: order.resume.localLock}),
  }
  const resource = `run/${request.run}`
  let claimed = false
  try {
    const claim = context.locks().acquire({resource, run: request.run, actor: request.actor.name, reason: 'runner'})
    if ('refused' in claim) throw new OpsError('run/held', claim.why)
    claimed = true
    return await carryOut(context, files, {request, order})
  } catch (error) {
    throw noteFailure(context, files, error)
  } finally {
    try {
      if (claimed) context.locks().release(request.run, resource)
      context.close()
    } catch (error) {
      // Whatever ended the run counts, not that its traces could not be tidied up; a claim ends with its process.
      noteFailure(context, files, error)
    }
  }
}

/** The runner's log is for whoever looks after it has gone: no secrets, and no failure of its own. */
function noteFailure(context: AppContext, files: RunFiles, error: unknown): OpsError {
  const {code, hint} = toOpsError(error)
  const text = escapeText(redactAnnounced(context.redactor.redact(messageOf(error))), 20_000)
  try {
    appendFileSync(files.log, refusalText(context.clock.now(), {code, message: text, hint}))
  } catch {
    // The disk is full: what the journal says must do.
  }
  return new OpsError(code, text, hint === undefined ? {} : {hint})
}

async function carryOut(
  context: AppContext,
  files: RunFiles,
  {request, order}: {readonly request: RunRequest; readonly order: RunnerOrder},
): Promise<number> {
  const {run} = request
  const journal = openJournal(files.journal, run, {
    clock: context.clock,
    redact: text => context.redactor.redact(text),
  })
  if (journal.state().outcome !== undefined)
    throw new OpsError('run/ended', `run ${run} has already ended: ${journal.state().outcome}`)
  const events = readEvents(files.journal).events
  if (order.resume === undefined && events.length > 0)
    throw new OpsError('run/held', `run ${run} has begun before; resume it`)
  const loaded = await loadWatched(context, request.file)
  const environment = chooseEnvironment(context.config(), request.environment)
  const input: PlanInput = {run, loaded, environment, params: request.params, shownParams: request.plan.params}
  await context.rememberDeclared()
  for (const name of request.secretParams) context.redactor.add(textOf(request.params[name]))

  const stop = new AbortController()
  const inbox = openInbox(files.inbox, why => recordRefused(context, request, why))
  const output = openOutput(files, () => journal.state().lastSeq)
  const shells = openWarmShell(context.options.env, path.dirname(context.config().file))
  const abort = (who: string, reason: string, by = request.actor): void => {
    if (stop.signal.aborted) return
    context.audit().append(
      {
        action: 'abort',
        phase: 'decision',
        target: request.plan.runbook,
        environment: request.environment,
        run,
        reason: `${who}${reason ? `: ${reason}` : ''}`,
      },
      by,
    )
    journal.append({type: 'abort-requested', by, reason})
    stop.abort(abortedBy(who, reason))
  }
  const desk = openDesk(inbox, asked => abort(asked.by.name, asked.reason, asked.by))
  const release = listenForSignals(abort)
  const stopRenewing = keepLocks(context, run)
  try {
    const tools = executeTools(context, {
      request,
      input,
      journal,
      output,
      desk,
      abort: stop.signal,
      halt: reason => stop.abort(reason),
      commands: lastCommand(events),
      shells,
    })
    // A run that died before its first record has nothing to be taken up: it begins.
    const {outcome} =
      order.resume && events.length > 0
        ? await resumeRun(resumeTools(context, tools, {input, files, events, output, order: order.resume}))
        : await executeRun(tools)
    writeReport(files, journal.state(), loaded.book, text => context.redactor.redact(text))
    if (journal.state().outcome !== undefined) clearSpool(files)
    return exitOf(outcome)
  } finally {
    stopRenewing()
    release()
    shells.close()
    await desk.close()
    inbox.close()
    output.close()
    journal.close()
  }
}

/** Somebody left something for the run that is not what it claims to be. */
function recordRefused(context: AppContext, {plan, environment, run}: RunRequest, reason: string): void {
  context.audit().append({action: 'request refused', phase: 'decision', target: plan.runbook, environment, run, reason})
}

/** Local locks are held by this process whatever happens: their heartbeat is for people. Shared ones would expire. */
function keepLocks(context: AppContext, run: string): () => void {
  const heartbeat = setInterval(() => {
    try {
      context.locks().heartbeat(run)
    } catch {
      // On a full disk the age of the last one is all that people see.
    }
  }, HEARTBEAT_MS)
  const shared = context.sharedLocks()
  const renewal = shared && setInterval(() => shared.renew(), shared.renewEveryMs)
  return () => {
    clearInterval(heartbeat)
    clearInterval(renewal)
  }
}

/** TERM and INT abort with undo; a hang-up is none of the runner's business. */
function listenForSignals(abort: (who: string, reason: string) => void): () => void {
  const terminate = (): void => abort('a signal', 'SIGTERM')
  const interrupt = (): void => abort('a signal', 'SIGINT')
  const ignore = (): void => {}
  process.on('SIGTERM', terminate).on('SIGINT', interrupt).on('SIGHUP', ignore)
  return () => void process.off('SIGTERM', terminate).off('SIGINT', interrupt).off('SIGHUP', ignore)
}

type Parts = Pick<ExecuteTools, 'request' | 'journal' | 'desk' | 'abort' | 'halt'> & {
  readonly input: PlanInput
  readonly output: ReturnType<typeof openOutput>
  readonly commands: number
  readonly shells: WarmShell
}

function executeTools(context: AppContext, parts: Parts): ExecuteTools {
  const {request, input, journal, output, desk, abort, halt} = parts
  const own = identify(process.pid)
  if (!own) throw new OpsError('bug/internal', 'this process has no identity in /proc')
  let {commands} = parts
  const survivors = watchSurvivors(text => context.redactor.redact(text))
  const recordTools = {
    journal,
    audit: context.audit(),
    output,
    redact: (text: string) => context.redactor.redact(text),
    run: request.run,
    environment: request.environment,
    nextCommand: () => (commands += 1),
  }
  return {
    request,
    journal,
    desk,
    abort,
    halt,
    book: input.loaded.book,
    clock: context.clock,
    audit: context.audit(),
    locks: context.locks(),
    shared: context.sharedLocks(),
    process: own,
    expiryMs: context.config().policy.promptExpiry,
    refreeze: signal => makePlan(context, input, signal),
    survivors: survivors.of,
    ...lookers(context, parts),
    context: (step, planned, {signal, fence, phase}) => {
      // Progress belongs to one step: the next begins without.
      output.progress(undefined)
      const mode = phase === 'check' ? 'read' : request.dryRun ? 'dry' : 'run'
      const key = `${request.run}/${step.id}`
      const record = survivors.watch(key, recordStep(recordTools, step.id, planned.targets))
      const env = {
        OPSCONSOLE_RUN: request.run,
        OPSCONSOLE_STEP: step.id,
        OPSCONSOLE_IDEMPOTENCY_KEY: key,
        OPSCONSOLE_FENCE: String(fence),
      }
      const progress = (done: number, total: number, unit = ''): void => output.progress({done, total, unit})
      const touch = openTouch(context, {
        mode,
        run: request.run,
        environment: input.environment,
        record,
        signal,
        spoolDir: output.spoolDir,
        env,
        progress,
        start: parts.shells.start,
      })
      return stepContext(
        {
          ...touch,
          progress,
          signal,
          fence,
          run: request.run,
          reason: request.reason,
          ...liveSaved(journal, step.id),
        },
        step,
      )
    },
  }
}

/** Contexts in which nothing is changed and nothing is recorded. */
function lookers(
  context: AppContext,
  {request, input: {environment}, journal, output: {spoolDir}}: Parts,
): Pick<ExecuteTools, 'guardContext' | 'preview'> {
  const {run} = request
  return {
    guardContext: signal => ({
      ...openTouch(context, {
        mode: 'read',
        run,
        environment,
        record: noRecord,
        signal,
        spoolDir,
        env: {},
        progress: () => {},
      }),
      signal,
    }),
    preview: (step, options) =>
      previewContext(context, {request, environment, spoolDir, saved: journal.state().saved}, {step, ...options}),
  }
}

function resumeTools(
  context: AppContext,
  tools: ExecuteTools,
  {
    input,
    files,
    events,
    output,
    order,
  }: {
    readonly input: PlanInput
    readonly files: RunFiles
    readonly events: readonly RunEvent[]
    readonly output: OutputSink
    readonly order: NonNullable<RunnerOrder['resume']>
  },
): ResumeTools {
  const inFlight = commandsInFlight(events, files.spool)
  takeOverLeftovers(files, inFlight, {output, redactor: context.redactor})
  return {
    ...tools,
    ...order,
    inFlight,
    rebuild: () => rebuildPlan(context, input, tools.request.plan),
    sources: () => keptSources(tools.request.file, text => context.redactor.redact(text)).sources ?? [],
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
