import type {Step} from './define.ts'
import type {ExecuteTools} from './execute-tools.ts'
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

/** Asks the hosts in flight one by one; those that say it happened are done. Whether none is left to ask about. */
export async function recheckHosts(tools: ExecuteTools, step: Step, view: StepView): Promise<boolean> {
  // That the wanted state holds says nothing of how far it was taken back.
  if (view.state === 'undoing' || !step.verify) return false
  for (const {host} of openHosts(tools, view) ?? []) {
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
