import type {Step, StepContext} from '../runbooks/define.ts'
import {NO_HOST_RECORD} from '../runbooks/host-record.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import type {RunsContext} from './context.ts'
import {stepContext} from './step-context.ts'
import {openPreview, type Place} from './touch.ts'

/** A step's context that touches nothing, keeps nothing, and tells each command that would be run. */
export function previewContext(
  context: RunsContext,
  place: Place & {readonly request: RunRequest; readonly saved: Readonly<Record<string, unknown>>},
  {step, fence, tell}: {readonly step: Step; readonly fence: number; readonly tell: (command: string) => void},
): StepContext {
  const saved = {...place.saved}
  const save = (key: string, value: unknown): void => void (saved[key] = value)
  const {run, reason} = place.request
  return stepContext(openPreview(context, place, tell), step, {
    fence,
    run,
    reason,
    saved,
    save,
    hostRecord: NO_HOST_RECORD,
  })
}
