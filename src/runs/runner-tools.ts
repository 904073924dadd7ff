import {OpsError} from '../errors.ts'
import {identify} from '../processes/identity.ts'
import type {ExecuteTools} from '../runbooks/execute-tools.ts'
import type {OutputSink} from '../runbooks/ports.ts'
import {hostRecord} from '../runbooks/host-record.ts'
import {liveSaved, recordStep} from '../runbooks/record.ts'
import type {WarmShell} from '../shell/warm-shell.ts'
import {askGate} from './ask-gate.ts'
import type {OpenOps, RunsContext} from './context.ts'
import {watchOrphans} from './orphans.ts'
import {makePlan, type PlanInput} from './plan.ts'
import {previewContext} from './preview.ts'
import {stepContext} from './step-context.ts'
import {openReadOnly, openTouch} from './touch.ts'

type Parts = Pick<ExecuteTools, 'request' | 'journal' | 'answers' | 'abort' | 'halt'> & {
  readonly input: PlanInput
  readonly output: OutputSink
  /** How many commands there have been. */
  readonly commands: number
  readonly shells: WarmShell
  readonly openOps: OpenOps
}

/** What the engine carries a run out with, in this process. */
export function runnerTools(context: RunsContext, parts: Parts): ExecuteTools {
  const {request, input, journal, output, answers, abort, halt, openOps} = parts
  const own = identify(process.pid)
  if (!own) throw new OpsError('bug/internal', 'this process has no identity in /proc')
  const {run} = request
  const place = {run, environment: input.environment, spoolDir: output.spoolDir, openOps}
  const orphans = watchOrphans(text => context.redactor.redact(text))
  let {commands} = parts
  const audit = context.audit()
  const recordTools = {
    journal,
    audit,
    output,
    redact: (text: string) => context.redactor.redact(text),
    run,
    environment: request.environment,
    nextCommand: () => (commands += 1),
  }
  return {
    request,
    journal,
    answers,
    abort,
    halt,
    whyNotAdmitted: askGate(context, request),
    runbook: input.loaded.runbook,
    clock: context.clock,
    audit,
    locks: context.locks(),
    shared: context.sharedLocks(),
    process: own,
    expiryMs: context.config().policy.promptExpiry,
    refreeze: signal => makePlan(context, input, signal),
    orphans: orphans.of,
    guardContext: signal => openReadOnly(context, {...place, signal}),
    preview: (step, {signal, ...options}) =>
      previewContext(context, {...place, signal, request, saved: journal.state().saved}, {step, ...options}),
    context: (step, planned, {signal, fence, phase}) => {
      // Progress belongs to one step: the next begins without.
      output.progress(undefined)
      const key = `${run}/${step.id}`
      const touched = openTouch(context, {
        ...place,
        signal,
        mode: phase === 'check' ? 'read' : request.dryRun ? 'dry' : 'run',
        record: orphans.watch(key, recordStep(recordTools, step.id, planned.targets)),
        env: {
          OPSCONSOLE_RUN: run,
          OPSCONSOLE_STEP: step.id,
          OPSCONSOLE_IDEMPOTENCY_KEY: key,
          OPSCONSOLE_FENCE: String(fence),
        },
        progress: (done, total, unit = '', comparison) =>
          output.progress({done, total, unit, ...(comparison === undefined ? {} : {comparison})}),
        start: parts.shells.start,
      })
      return stepContext(touched, step, {
        fence,
        run,
        reason: request.reason,
        decided: () => journal.state().decided?.[step.id],
        ...liveSaved({audit, journal, request}, step.id),
        hostRecord: hostRecord({audit, journal, request}, step.id, phase),
      })
    },
  }
}
