import {appendFileSync} from 'node:fs'
import {openBase, type BaseOptions} from './base.ts'
import {messageOf, OpsError, toOpsError} from '../errors.ts'
import {identify} from '../processes/identity.ts'
import {processesMarked} from '../processes/stop.ts'
import {openDesk} from '../runbooks/desk.ts'
import {abortedBy, executeRun, type ExecuteTools} from '../runbooks/execute.ts'
import {exitOf} from '../runbooks/exit.ts'
import {loadRunbook} from '../runbooks/load.ts'
import {recordStep} from '../runbooks/record.ts'
import {readRequest, runFiles} from '../store/runs/directory.ts'
import {openInbox} from '../store/runs/inbox.ts'
import {openJournal} from '../store/runs/journal.ts'
import {openOutput} from '../store/runs/output.ts'
import {writeReport} from './report.ts'
import {chooseEnvironment, makePlan, type PlanInput} from './planner.ts'
import {openTouch, stepContext} from './contexts.ts'
import type {Base} from './base.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import type {RunFiles} from '../store/runs/directory.ts'

const HEARTBEAT_MS = 5000

/** The process of one run, in a session of its own. Resolves with the exit code; its journal tells everything else. */
export async function runRunner(
  options: BaseOptions,
  run: string,
  secrets: Readonly<Record<string, string>>,
): Promise<number> {
  const files = runFiles(openBase(options).stateDir, run)
  const request = readRequest(files)
  const base = openBase(options, {actor: request.actor})
  try {
    claim(base, request)
    return await carryOut(base, files, {...request, params: {...request.params, ...secrets}})
  } catch (error) {
    appendFileSync(
      files.log,
      `${new Date(base.clock.now()).toISOString()} ${toOpsError(error).code}: ${base.redactor.redact(messageOf(error))}\n`,
    )
    throw error
  } finally {
    base.close()
  }
}

/** One process works on a run: a second one is told who does. */
function claim(base: Base, request: RunRequest): void {
  const result = base
    .locks()
    .acquire({resource: `run/${request.run}`, run: request.run, actor: request.actor.name, reason: 'runner'})
  if ('refused' in result) throw new OpsError('run/held', result.why)
}

async function carryOut(base: Base, files: RunFiles, request: RunRequest): Promise<number> {
  const {run} = request
  const journal = openJournal(files.journal, run, base.clock)
  if (journal.state().outcome !== undefined)
    throw new OpsError('run/ended', `run ${run} has already ended: ${journal.state().outcome}`)
  const loaded = await loadRunbook(request.file)
  const input: PlanInput = {
    run,
    loaded,
    environment: chooseEnvironment(base.config(), request.environment),
    params: request.params,
    shownParams: request.plan.params,
  }
  for (const name of request.secretParams) base.redactor.add(String(request.params[name] ?? ''))

  const stop = new AbortController()
  const inbox = openInbox(files.inbox)
  const output = openOutput(files, () => journal.state().lastSeq)
  const abort = (who: string, reason: string, by = request.actor): void => {
    if (stop.signal.aborted) return
    base.audit().append(
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
  const heartbeat = setInterval(() => base.locks().heartbeat(run), HEARTBEAT_MS)
  try {
    const tools = executeTools(base, {request, input, journal, output, desk, abort: stop.signal})
    const {outcome} = await executeRun(tools)
    writeReport(files, journal.state(), loaded.book)
    return exitOf(outcome)
  } finally {
    clearInterval(heartbeat)
    release()
    await desk.close()
    inbox.close()
    output.close()
    journal.close()
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

type Parts = Pick<ExecuteTools, 'request' | 'journal' | 'desk' | 'abort'> & {
  readonly input: PlanInput
  readonly output: ReturnType<typeof openOutput>
}

function executeTools(base: Base, {request, input, journal, output, desk, abort}: Parts): ExecuteTools {
  const own = identify(process.pid)
  if (!own) throw new OpsError('bug/internal', 'this process has no identity in /proc')
  let commands = 0
  const recordTools = {
    journal,
    audit: base.audit(),
    output,
    redact: (text: string) => base.redactor.redact(text),
    run: request.run,
    environment: request.environment,
    nextCommand: () => (commands += 1),
  }
  return {
    request,
    journal,
    desk,
    abort,
    book: input.loaded.book,
    clock: base.clock,
    audit: base.audit(),
    locks: base.locks(),
    process: own,
    expiryMs: base.config().policy.promptExpiry,
    refreeze: signal => makePlan(base, input, signal),
    survivors: key =>
      processesMarked('OPSCONSOLE_IDEMPOTENCY_KEY', key).map(
        ({pid, command}) => `${pid} ${base.redactor.redact(command).slice(0, 200)}`,
      ),
    context: (step, planned, {signal, fence, phase}) => {
      const record = recordStep(recordTools, step.id, planned.targets)
      const mode = phase === 'check' ? 'read' : request.dryRun ? 'dry' : 'run'
      const key = `${request.run}/${step.id}`
      const env = {
        OPSCONSOLE_RUN: request.run,
        OPSCONSOLE_STEP: step.id,
        OPSCONSOLE_IDEMPOTENCY_KEY: key,
        OPSCONSOLE_FENCE: String(fence),
      }
      const progress = (done: number, total: number, unit = ''): void => output.progress({done, total, unit})
      const touch = openTouch(base, {
        mode,
        run: request.run,
        environment: input.environment,
        record,
        signal,
        spoolDir: output.spoolDir,
        env,
        progress,
      })
      return stepContext(
        {
          ...touch,
          progress,
          signal,
          fence,
          run: request.run,
          reason: request.reason,
          saved: journal.state().saved,
          save: (name, value) => void journal.append({type: 'saved', step: step.id, key: name, value: value ?? null}),
        },
        step,
      )
    },
  }
}
