import {quote} from 'zx/core'
import {messageOf} from '../errors.ts'
import {type Answer, ask} from './ask.ts'
import type {Step} from './define.ts'
import {asking, type ExecuteTools} from './execute-tools.ts'
import {record, recordEvent} from './into-trail.ts'
import {mayBegin, whyNotHeld} from './run-locks.ts'
import type {PlannedStep} from './plan.ts'
import {previewStep} from './preview.ts'
import {runStep, type StepEnd} from './step-run.ts'
import {named} from '../identity/named.ts'

export interface StepJob {
  readonly step: Step
  readonly planned: PlannedStep
  readonly fence: number
}

/** One step: check, ask, intent, run, verify, outcome. */
export async function passStep(tools: ExecuteTools, job: StepJob): Promise<StepEnd> {
  const {step, planned} = job
  const {journal, clock} = tools
  const finish = (end: StepEnd, began: number): StepEnd => {
    const durationMs = Math.max(0, Math.round(clock.monotonic() - began))
    const {outcome, reason} = end
    recordEvent(
      tools,
      {
        action: 'step',
        phase: 'outcome',
        target: planned.targets.join(', ') || step.title,
        step: step.id,
        outcome,
        reason,
      },
      {type: 'step-finished', step: step.id, phase: 'run', durationMs, ...end},
      // Durable with the next record, and before anything else happens: see `runSteps`.
      {noted: true},
    )
    return end
  }
  const began = clock.monotonic()
  if (tools.abort.aborted) return {outcome: 'aborted', reason: messageOf(tools.abort.reason)}
  // Nobody is asked, and nothing looked at, for a step that may not begin.
  const unwanted = looksFirst(job) ? await notAdmitted(tools, planned) : undefined
  if (unwanted) return unwanted
  const needless = await nothingToDo(tools, job)
  if (needless) return finish(needless, began)
  // What a person does by hand, or in a terminal, has begun when it is asked for.
  const byHand = planned.manual !== undefined || planned.terminal !== undefined
  const early = byHand ? await mayBegin(tools, step.title) : undefined
  if (early) return early
  const refused = await confirmStep(tools, job)
  if (refused) return finish(refused, began)
  // By what holds now: much may have changed while a person was asked.
  const stopped = (await mayBegin(tools, step.title)) ?? (await notAdmitted(tools, planned))
  if (stopped) return stopped
  record(tools, {action: 'step', phase: 'intent', target: planned.targets.join(', ') || step.title, step: step.id})
  const key = `${tools.request.run}/${step.id}`
  const ran = clock.monotonic()
  const end = await runStep(
    {
      journal,
      abort: tools.abort,
      key,
      dryRun: tools.request.dryRun,
      whyNotAgain: async () => (await whyNotHeld(tools, step.title)) ?? (await tools.whyNotAdmitted(planned)),
      context: signal => tools.context(step, planned, {signal, fence: job.fence, phase: 'run'}),
    },
    step,
    planned,
  )
  nameSurvivors(tools, step.id, key, end)
  return finish(end, ran)
}

/** Its check or a question comes before the step itself. */
const looksFirst = ({step, planned}: StepJob): boolean =>
  step.check !== undefined ||
  planned.confirm !== undefined ||
  planned.manual !== undefined ||
  planned.terminal !== undefined

async function notAdmitted(tools: ExecuteTools, planned: PlannedStep): Promise<StepEnd | undefined> {
  const reason = await tools.whyNotAdmitted(planned)
  return reason === undefined ? undefined : {outcome: 'aborted', reason, refused: true}
}

async function nothingToDo(tools: ExecuteTools, {step, planned, fence}: StepJob): Promise<StepEnd | undefined> {
  if (!step.check || step.readOnly) return undefined
  tools.journal.flush() // a check may take long
  try {
    const answer = await step.check(tools.context(step, planned, {signal: tools.abort, fence, phase: 'check'}))
    if (typeof answer === 'object') return {outcome: 'skipped', reason: answer.skip}
    return answer === 'done' ? {outcome: 'already done', reason: 'its check says there is nothing to do'} : undefined
  } catch {
    return undefined
  }
}

/** Everything a person has to say before the step may run. Undefined: it may. */
async function confirmStep(tools: ExecuteTools, {step, planned, fence}: StepJob): Promise<StepEnd | undefined> {
  if (tools.request.dryRun) return undefined
  const question = {step: step.id, type: undefined, touches: planned.targets, fallback: 'abort'} as const
  if (planned.confirm) {
    const commands = planned.assisted
      ? await previewStep(step, (tell, signal) => tools.preview(step, {fence, tell, signal}))
      : []
    const answer = await ask(asking(tools), {
      ...question,
      ...planned.confirm,
      touches: [...planned.confirm.touches, ...commands],
      kind: 'confirm',
      choices: ['yes', 'skip', 'abort'],
    })
    const stopped = endOf(answer, 'yes', 'confirmed it')
    if (stopped) return stopped
  }
  if (planned.manual !== undefined) {
    const answer = await ask(asking(tools), {
      ...question,
      kind: 'manual',
      text: planned.manual,
      choices: ['done', 'skip', 'abort'],
    })
    const stopped = endOf(answer, 'done', 'said it was done')
    if (stopped ?? !step.run)
      return stopped ?? {outcome: 'done', reason: answer.reason || `done by hand, says ${named(answer.by)}`}
  }
  return planned.terminal === undefined ? undefined : inTerminal(tools, {step, planned, terminal: planned.terminal})
}

/**
 * A program that needs a person's terminal runs in the window where that person is; the runner only asks for it and is
 * told how it ended. Its literal command is in the trail before it is asked for.
 */
async function inTerminal(
  tools: ExecuteTools,
  {step, planned, terminal}: Omit<StepJob, 'fence'> & {readonly terminal: readonly string[]},
): Promise<StepEnd | undefined> {
  const text = terminal.map(word => quote(word)).join(' ')
  record(tools, {
    action: 'command',
    phase: 'intent',
    target: planned.targets.join(', ') || step.title,
    step: step.id,
    command: text,
    detail: {terminal: true},
  })
  const answer = await ask(asking(tools), {
    step: step.id,
    kind: 'terminal',
    text: `Needs your terminal: ${text}`,
    touches: planned.targets,
    type: undefined,
    terminal,
    choices: ['done', 'skip', 'abort'],
    fallback: 'abort',
  })
  const stopped = endOf(answer, 'done', 'ran it')
  if (stopped) return stopped
  return step.run
    ? undefined
    : {outcome: 'done', reason: answer.reason || `done in a terminal, says ${named(answer.by)}`}
}

/** How the step ends when the answer was not the wanted one. */
function endOf(answer: Answer, wanted: string, did: string): StepEnd | undefined {
  if (answer.answer === wanted) return undefined
  if (answer.answer === 'skip') return {outcome: 'skipped', reason: answer.reason || `skipped by ${named(answer.by)}`}
  return {
    outcome: 'aborted',
    reason:
      answer.via === 'expiry'
        ? `nobody ${did} in time`
        : `stopped by ${named(answer.by)}${answer.reason ? `: ${answer.reason}` : ''}`,
  }
}

function nameSurvivors(tools: ExecuteTools, step: string, key: string, end: StepEnd): void {
  if (end.outcome !== 'failed' && end.outcome !== 'aborted') return
  const processes = tools.orphans(key)
  if (processes.length > 0) tools.journal.append({type: 'orphans', step, processes})
}
