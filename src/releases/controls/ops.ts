import {OpsError} from '../../errors.ts'
import type {ReleaseContext} from '../context.ts'
import {timeOf} from '../time-of.ts'
import type {Readiness} from '../wait.ts'
import {type Control, controlOf, type ControlParams, controlWords, idOf, usersGet} from './control.ts'
import {inForce} from './in-force.ts'
import {commandOf, lacks, putOn, takeOff} from './moves.ts'
import {type ControlRecord, forgetControl, noteControl, readControls} from './record.ts'

/** A control before it is put on, as plans and questions show it. The same world gives the same one. */
export interface ControlView {
  readonly id: string
  readonly control: Control
  readonly words: string
  readonly usersGet: string
  /** The literal command that puts it on. */
  readonly command: string
  /** How long it stays on: milliseconds. */
  readonly forMs: number
}

/** What runbooks can do for a while with what users get. */
export interface ControlOps {
  /**
   * Checks what a person gave, and that it can be done here. Raises `runbook/params`, or `release/not-ready` with what the
   * load balancer lacks, or because no agent would take it off again and `withoutAgent` was not said.
   */
  planControl(params: ControlParams & {readonly for: string; readonly withoutAgent?: boolean}): Promise<ControlView>
  /** Notes it with its end, then puts it on. `until`: milliseconds since the epoch. */
  putOnControl(control: Control, until: number): Promise<void>
  /** Whether it is in force now. */
  isInForce(control: Control): Promise<Readiness>
  /** What is on. Raises `release/not-ready` with what there is when it is not. */
  controlNamed(
    id: string,
  ): Promise<{readonly id: string; readonly words: string; readonly command: string; readonly run: string}>
  /**
   * Takes it off and forgets it; nothing when it is not on, or with `own` when another run put it on again meanwhile. A server
   * gets its traffic back once it passed fresh checks.
   */
  takeOffControl(id: string, options?: {readonly own?: boolean}): Promise<void>
}

const LONGEST_MS = 86_400_000

export const createControlOps = (context: ReleaseContext): ControlOps => ({
  planControl: params => planControl(context, params),
  putOnControl: (control, until) => putOnAndNote(context, control, until),
  isInForce: async control => {
    const [seen] = await inForce(context, [control])
    return {ok: seen !== false, reason: `${controlWords(control)} is ${seen === false ? 'not ' : ''}in force`}
  },
  controlNamed: async id => {
    const {control, run} = recordOf(context, id)
    return {id, words: controlWords(control), command: await commandNow(context, control, false), run}
  },
  takeOffControl: (id, options) => takeOffAndForget(context, id, options),
})

async function planControl(
  context: ReleaseContext,
  {for: time, withoutAgent, ...params}: Parameters<ControlOps['planControl']>[0],
): Promise<ControlView> {
  const {tools, traffic} = context
  const control = controlOf(params)
  const forMs = timeOf(time, 0)
  if (forMs < 1000 || forMs > LONGEST_MS)
    throw new OpsError('runbook/params', `${time} should be between 1s and 24h`, {
      hint: 'What is meant to stay belongs in the configuration of the load balancer.',
    })
  const again = find(context, idOf(control)) !== undefined
  const missing = again ? undefined : await lacks(context, control)
  if (missing !== undefined)
    throw new OpsError('release/not-ready', `${traffic.target} cannot do this: ${missing}`, {
      hint: 'docs/releases.md, "Emergency traffic controls", says what must be in its configuration.',
    })
  if (tools.agentWatches?.() !== true && withoutAgent !== true)
    throw new OpsError('release/not-ready', `no agent watches here, so nothing would take it off after ${time}`, {
      hint: 'Start `opsconsole agent`; or give -p withoutAgent=true and take it off yourself.',
    })
  return {
    id: idOf(control),
    control,
    words: controlWords(control),
    usersGet: usersGet(control),
    command: await commandNow(context, control, true),
    forMs,
  }
}

/** What moves servers may need to know where they are: a driver that sets all shares at once does. */
async function commandNow(context: ReleaseContext, control: Control, on: boolean): Promise<string> {
  if (control.kind === 'drain' || control.kind === 'weigh') await context.traffic.state(context.tools.signal)
  return commandOf(context, control, on)
}

const nameOf = ({config, tools}: ReleaseContext) => ({environment: tools.environment.name, name: config.name})

/** First of all noted: what is killed between the note and the move is taken off all the same. */
async function putOnAndNote(context: ReleaseContext, control: Control, until: number): Promise<void> {
  const {tools} = context
  if (until <= tools.clock.now()) return tools.log('its time is over: it is not put on')
  const record: ControlRecord = {id: idOf(control), control, at: tools.clock.now(), until, run: tools.run}
  await putOn(context, control, () => {
    if (tools.records !== undefined) noteControl(tools.records, nameOf(context), record)
  })
}

async function takeOffAndForget(
  context: ReleaseContext,
  id: string,
  {own = false}: {readonly own?: boolean} = {},
): Promise<void> {
  const {tools} = context
  const record = find(context, id)
  if (record === undefined) return tools.log(`${id} is not on`)
  if (own && record.run !== tools.run) return tools.log(`${id} was put on again by run ${record.run}: it stays`)
  await takeOff(context, record.control, () => {
    if (tools.records !== undefined) forgetControl(tools.records, nameOf(context), record)
  })
}

const find = (context: ReleaseContext, id: string): ControlRecord | undefined => {
  const {records} = context.tools
  return records === undefined ? undefined : readControls(records, nameOf(context)).find(one => one.id === id)
}

function recordOf(context: ReleaseContext, id: string): ControlRecord {
  const found = find(context, id)
  if (found !== undefined) return found
  const {records} = context.tools
  const known = records === undefined ? [] : readControls(records, nameOf(context)).map(one => one.id)
  throw new OpsError('release/not-ready', `${id} is not on`, {hint: `On is: ${known.join(', ') || 'nothing'}.`})
}
