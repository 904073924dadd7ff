import type {Environment} from '../config/environment.ts'
import type {Step, StepContext} from '../runbooks/define.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import type {CommandRecord} from '../shell/command-record.ts'
import type {AppContext} from '../app/context.ts'
import {noRecord, openTouch, stepContext} from './contexts.ts'

/** A step's context that touches nothing, keeps nothing, and tells each command that would be run. */
export function previewContext(
  context: AppContext,
  place: {
    readonly request: RunRequest
    readonly environment: Environment
    readonly spoolDir: string
    readonly saved: Readonly<Record<string, unknown>>
  },
  {
    step,
    signal,
    fence,
    tell,
  }: {
    readonly step: Step
    readonly signal: AbortSignal
    readonly fence: number
    readonly tell: (command: string) => void
  },
): StepContext {
  const {run, reason} = place.request
  const record: CommandRecord = {
    ...noRecord,
    intend: (text, dry) => {
      if (dry) tell(text)
      return noRecord.intend(text, dry)
    },
  }
  const progress = (): void => {}
  const {environment, spoolDir} = place
  const touch = openTouch(context, {mode: 'dry', run, environment, record, signal, spoolDir, env: {}, progress})
  const saved = {...place.saved}
  const save = (key: string, value: unknown): void => void (saved[key] = value)
  return stepContext({...touch, progress, signal, fence, run, reason, saved, save}, step)
}
