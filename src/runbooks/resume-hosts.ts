import type {Answer} from './ask.ts'
import type {Step} from './define.ts'
import type {ExecuteTools} from './execute-tools.ts'
import {type HostAnswer, type HostAnswers, hostAnswersFor} from './host-answers.ts'
import {onlyHost} from './host-record.ts'
import {type HostView, isUnsettled} from './host-states.ts'
import {recordEvent} from './into-trail.ts'
import type {StepView} from './state.ts'

/** Hosts of the step of which nobody knows the outcome; undefined: it is no step over hosts. */
const openHosts = (tools: ExecuteTools, {step: {id}}: StepView): readonly HostView[] | undefined =>
  tools.journal
    .state()
    .steps.find(view => view.step.id === id)
    ?.hosts?.filter(isUnsettled)

/** The runner died between two hosts of the step: each of them has its outcome or had not begun. */
export const noneOpen = (tools: ExecuteTools, view: StepView): boolean => openHosts(tools, view)?.length === 0

/** What a person is asked about the step that was in flight. */
export function unknownText(tools: ExecuteTools, view: StepView): string {
  const open = openHosts(tools, view)
  if (!open) return `${view.step.title} was in flight when its runner died. Did it happen?`
  const names = open.map(({host}) => host).join(', ')
  return `${view.step.title}: ${names} ${open.length === 1 ? 'was' : 'were'} in flight when the runner died. Did it happen there? Hosts with an outcome are left alone, those that had not begun follow.`
}

/** Of which hosts a person can say what became of them, each on its own. */
export const hostAnswers = (tools: ExecuteTools, step: Step, view: StepView): HostAnswers | undefined =>
  hostAnswersFor(openHosts(tools, view), {undoing: view.state === 'undoing', canRecheck: step.verify !== undefined})

/** What a person said of some of the hosts: a record for each, so that a runner that dies here asks about the others only. */
export async function settleHosts(
  tools: ExecuteTools,
  {step, view, said}: {readonly step: Step; readonly view: StepView; readonly said: HostAnswer},
  {by, reason}: Answer,
): Promise<void> {
  const {choice, hosts} = said
  if (choice === 'recheck') return void (await recheckHosts(tools, step, view, hosts))
  for (const host of hosts)
    recordEvent(
      tools,
      {action: 'host settled', phase: 'decision', target: `host ${host}`, step: step.id, outcome: choice, reason},
      {type: 'host-settled', step: step.id, host, choice, by, reason},
      {by},
    )
}

/** Asks hosts in flight one by one, all when none is named; those that say it happened are done. Whether none is left. */
export async function recheckHosts(
  tools: ExecuteTools,
  step: Step,
  view: StepView,
  only?: readonly string[],
): Promise<boolean> {
  // That the wanted state holds says nothing of how far it was taken back.
  if (view.state === 'undoing' || !step.verify) return false
  for (const {host} of openHosts(tools, view) ?? []) {
    if (only?.includes(host) === false) continue
    if (!(await holdsOn(tools, {step, view, host}))) continue
    const reason = 'its recheck says it happened'
    recordEvent(
      tools,
      {action: 'host', phase: 'outcome', target: `host ${host}`, step: step.id, outcome: 'done', reason},
      {type: 'host-finished', step: step.id, host, phase: 'run', outcome: 'done', reason, durationMs: 0},
    )
  }
  return openHosts(tools, view)?.length === 0
}

async function holdsOn(
  tools: ExecuteTools,
  {step, view, host}: {readonly step: Step; readonly view: StepView; readonly host: string},
): Promise<boolean> {
  const context = tools.context(step, view.step, {signal: tools.abort, fence: 0, phase: 'check'})
  try {
    const verdict = await step.verify?.({...context, hostRecord: onlyHost(context.hostRecord, host)})
    return verdict === true || (typeof verdict === 'object' && verdict.ok)
  } catch {
    return false
  }
}
