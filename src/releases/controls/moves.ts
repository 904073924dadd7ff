import {OpsError} from '../../errors.ts'
import {requireBound} from '../bound.ts'
import {placeOf, type ReleaseContext} from '../context.ts'
import {serversOf} from '../readiness.ts'
import {leftOf} from '../remember.ts'
import {ownWeights, scaled} from '../canary/weights.ts'
import {anyReady, aside, enableChecksAndWait, namesOf} from '../traffic-moves.ts'
import type {TrafficControls} from '../traffic/traffic-control.ts'
import type {Move} from '../traffic/traffic-driver.ts'
import {type Control, controlWords} from './control.ts'

/** What the one of a slot with most gets beside one that is weighed: whole weights are fine enough then. */
const WHOLE = 100

/** Why this cannot be put on; undefined when it can. */
export async function lacks(context: ReleaseContext, control: Control): Promise<string | undefined> {
  const {traffic, tools} = context
  if (control.kind !== 'drain' && control.kind !== 'weigh')
    return traffic.controls === undefined
      ? `it has no means to ${control.kind === 'maintenance' ? 'answer' : control.kind} by itself without a change of its configuration`
      : traffic.controls.lacks(control, tools.signal)
  if (control.kind === 'weigh' && !traffic.abilities.weights) return 'it has no weights'
  if (leftOf(context).canary !== null) return 'a canary has its share of the requests: hold or abort that first'
  const {slot} = placeOf(context.config, control.server)
  const servers = serversOf(await traffic.state(tools.signal), namesOf(slot))
  const others = servers.filter(({name, placement}) => name !== control.server && placement === 'serving')
  if (!servers.some(({name, placement}) => name === control.server && placement === 'serving'))
    return `${control.server} takes no traffic`
  return (await anyReady(context, others)) ? undefined : `no other healthy server of ${slot.name} takes traffic`
}

/** The literal command, for plans and for the trail. */
export async function commandOf(context: ReleaseContext, control: Control, on: boolean): Promise<string> {
  if (control.kind === 'drain' || control.kind === 'weigh')
    return context.traffic.command(await movesOf(context, control, on))
  return controlsOf(context).command(control, on)
}

async function movesOf(
  context: ReleaseContext,
  control: Extract<Control, {readonly server: string}>,
  on: boolean,
): Promise<readonly Move[]> {
  const {server} = control
  if (control.kind === 'drain') return [{server, to: on ? await aside(context) : 'serving'}]
  const names = namesOf(placeOf(context.config, server).slot)
  if (!on) return names.map(name => ({server: name, to: 'serving', weight: 'own'}))
  const own = ownWeights(await context.traffic.state(context.tools.signal), names)
  const [whole, part] = [1, control.percent / 100].map(by => scaled(own, (by * WHOLE) / Math.max(...own)))
  return names.map((name, at) => ({server: name, to: 'serving', weight: (name === server ? part : whole)?.[at] ?? 1}))
}

/** What is noted of it is a part of the recorded command: what is on before the load balancer is told, what is off after it. */
interface Notes {
  readonly before?: () => void
  readonly after?: () => void
}

export async function putOn(context: ReleaseContext, control: Control, note: () => void): Promise<void> {
  await carryOut(context, control, {on: true, before: note})
}

/** A server gets back what its slot has: nothing when all traffic went elsewhere meanwhile. */
export async function takeOff(context: ReleaseContext, control: Control, forget: () => void): Promise<void> {
  if (control.kind !== 'drain' && control.kind !== 'weigh')
    return carryOut(context, control, {on: false, after: forget})
  const {config, traffic, tools} = context
  const {slot} = placeOf(config, control.server)
  const servers = serversOf(await traffic.state(tools.signal), namesOf(slot))
  const serving = servers.filter(({placement}) => placement === 'serving').map(({name}) => name)
  const stays = whyItStays(context, control, {slot: slot.name, serving: serving.length})
  if (stays !== undefined) {
    tools.log(stays)
    return tools.act(`remember of ${config.name}: ${controlWords(control)} is over`, async () => forget(), undefined)
  }
  if (control.kind === 'drain' && !serving.includes(control.server))
    await enableChecksAndWait(context, [control.server], true)
  // Of a slot that was weighed, those that take no traffic any more stay so, and have their weight again when they do.
  const back: readonly Move[] =
    control.kind === 'drain'
      ? [{server: control.server, to: 'serving'}]
      : servers.map(({name, placement}) => ({server: name, to: placement, weight: 'own'}))
  await move(context, back, {after: forget})
}

/** Weights of a canary are its own: the usual ones in their place would give it most of the requests. */
function whyItStays(
  context: ReleaseContext,
  control: Extract<Control, {readonly server: string}>,
  now: {readonly slot: string; readonly serving: number},
): string | undefined {
  if (now.serving === 0 && control.kind === 'drain')
    return `${now.slot} takes no traffic any more: ${control.server} stays as it is`
  const {canary} = leftOf(context)
  return control.kind === 'weigh' && canary !== null
    ? `${canary.slot} has its share of the requests as a canary: weights stay as they are, and end with it`
    : undefined
}

async function carryOut(
  context: ReleaseContext,
  control: Control,
  {on, ...notes}: Notes & {readonly on: boolean},
): Promise<void> {
  if (control.kind === 'drain' || control.kind === 'weigh')
    return move(context, await movesOf(context, control, on), notes)
  const controls = controlsOf(context)
  await context.tools.act(
    controls.command(control, on),
    async signal => {
      notes.before?.()
      await controls.carryOut(control, on, signal)
      notes.after?.()
    },
    undefined,
  )
}

async function move(context: ReleaseContext, moves: readonly Move[], notes: Notes): Promise<void> {
  const {traffic, tools} = context
  await tools.act(
    traffic.command(moves),
    async signal => {
      await requireBound(context)
      notes.before?.()
      await traffic.move(moves, signal)
      notes.after?.()
    },
    undefined,
  )
}

function controlsOf({traffic}: ReleaseContext): TrafficControls {
  if (traffic.controls === undefined)
    throw new OpsError('release/not-ready', `${traffic.target} cannot answer by itself`)
  return traffic.controls
}
