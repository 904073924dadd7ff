import path from 'node:path'
import {chooseEnvironment} from '../config/choose-environment.ts'
import {OpsError} from '../errors.ts'
import {openAnswerQueue} from '../runbooks/answer-queue.ts'
import {abortedBy, executeRun} from '../runbooks/execute.ts'
import {recordDecision, whyNotDecided} from '../runbooks/decisions.ts'
import {exitOf} from '../runbooks/exit.ts'
import {lastCommand} from '../runbooks/in-flight.ts'
import {recordEvent} from '../runbooks/into-trail.ts'
import type {Journal, RunRequest} from '../runbooks/ports.ts'
import {resumeRun} from '../runbooks/resume.ts'
import {openWarmShell} from '../shell/warm-shell.ts'
import type {RunsContext} from './context.ts'
import {runnerTools} from './runner-tools.ts'
import {clearSpool} from './spooled-output.ts'
import {loadPlanned} from './load-planned.ts'
import {loadResumed} from './load-resumed.ts'
import type {PlanInput} from './plan.ts'
import type {StoredRun} from './ports.ts'
import {renewLocks} from './renew-locks.ts'
import {writeReport} from './report.ts'
import {type ResumeOrder, resumeTools} from './resume-tools.ts'
import {listenForSignals} from './listen-for-signals.ts'
import {admitJournal} from './admit-journal.ts'
import {named} from '../identity/named.ts'

/** Carries out, or on, a run that this process has claimed. Resolves with the exit code. */
export async function carryOut(
  context: RunsContext,
  stored: StoredRun,
  {request, resume}: {readonly request: RunRequest; readonly resume: ResumeOrder | undefined},
): Promise<number> {
  const {run} = request
  const redact = (text: string): string => context.redactor.redact(text)
  const journal = stored.openJournal(redact)
  if (journal.state().outcome !== undefined)
    throw new OpsError('run/ended', `run ${run} has already ended: ${journal.state().outcome}`)
  const {events} = stored.events()
  if (resume === undefined && events.length > 0)
    throw new OpsError('run/held', `run ${run} has already started; resume it`)
  if (resume) admitJournal(context, stored, {request: stored.request(), journal, accept: resume.acceptJournal})
  stored.dropReport()
  const taken = resume !== undefined && events.length > 0
  const [input, openOps] = await Promise.all([inputOf(context, request, taken ? resume : undefined), context.ops()])
  const stop = new AbortController()
  const inbox = stored.openInbox(why => recordRefused(context, request, why))
  const output = stored.openOutput(() => journal.state().lastSeq)
  const shells = openWarmShell(context.options.env, path.dirname(context.config().file))
  const abort = abortOnce(context, {request, journal, stop})
  const answers = openAnswerQueue(
    inbox,
    asked => abort(named(asked.by), asked.reason, asked.by),
    asked => {
      const why = whyNotDecided(journal.state(), asked)
      if (why !== undefined) return recordRefused(context, request, why)
      recordDecision({audit: context.audit(), journal, request}, asked)
    },
  )
  const release = listenForSignals(signal => abort('a signal', signal))
  const stopRenewing = renewLocks(context, run)
  try {
    const tools = runnerTools(context, {
      request,
      input,
      journal,
      output,
      answers,
      abort: stop.signal,
      halt: reason => stop.abort(reason),
      commands: lastCommand(events),
      shells,
      openOps,
    })
    // A run that died before its first record has nothing to be resumed: it begins, or ends at once.
    if (!taken && resume?.abandon !== undefined) abort(named(request.actor), resume.abandon)
    const {outcome} =
      resume && taken
        ? await resumeRun(resumeTools(context, tools, {input, stored, events, output, order: resume}))
        : await executeRun(tools)
    writeReport(stored, journal.state(), input.loaded.runbook, redact)
    if (journal.state().outcome !== undefined) clearSpool(stored)
    askProbes(context)
    return exitOf(outcome)
  } finally {
    stopRenewing()
    release()
    shells.close()
    await answers.close()
    inbox.close()
    output.close()
    journal.close()
  }
}

/** Only for the screens' sake: a store that cannot be written changes no outcome. */
function askProbes(context: RunsContext): void {
  try {
    context.askProbes()
  } catch {
    // The next interval shows it.
  }
}

/** What the plan is made of again; from here on every secret is known. */
async function inputOf(context: RunsContext, request: RunRequest, resume: ResumeOrder | undefined): Promise<PlanInput> {
  const {run, params} = request
  const loaded = await (resume ? loadResumed(context, request, resume) : loadPlanned(context, request))
  const environment = environmentOf(context, request, resume)
  await context.rememberDeclared()
  for (const name of request.secretParams) context.redactor.add(textOf(params[name]))
  return {run, loaded, environment, params, shownParams: request.plan.params, retry: request.plan.retry}
}

/** To undo, the environment as it was shown does, should it have left the configuration. */
function environmentOf(context: RunsContext, {environment, plan}: RunRequest, resume: ResumeOrder | undefined) {
  const known = context.config().environments.some(({name}) => name === environment)
  if (known || resume?.abandon === undefined) return chooseEnvironment(context.config(), environment)
  return {name: environment, protected: plan.protected}
}

/** Stops a run in the name of somebody: audited and in the journal before it is felt. */
function abortOnce(
  context: RunsContext,
  {request, journal, stop}: {readonly request: RunRequest; readonly journal: Journal; readonly stop: AbortController},
): (who: string, reason: string, by?: RunRequest['actor']) => void {
  return (who, reason, by = request.actor) => {
    if (stop.signal.aborted) return
    const why = `${who}${reason ? `: ${reason}` : ''}`
    recordEvent(
      {audit: context.audit(), journal, request},
      {action: 'abort', phase: 'decision', target: request.plan.runbook, reason: why},
      {type: 'abort-requested', by, reason},
      {by},
    )
    stop.abort(abortedBy(who, reason))
  }
}

/** Somebody left something for the run that is not what it claims to be. */
function recordRefused(context: RunsContext, {plan, environment, run}: RunRequest, reason: string): void {
  context.audit().append({action: 'request refused', phase: 'decision', target: plan.runbook, environment, run, reason})
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
