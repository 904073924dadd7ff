import type {Memory} from '../kinds/memory.ts'
import {targetId} from '../monitors/sample.ts'
import {otherConfig, probeSlots, type ReleaseContext, slotConfig} from './context.ts'
import {startedAgain} from './kept.ts'
import {type Addresses, addressesOf, elsewhere} from './addresses.ts'
import {
  driftOf,
  type Fate,
  forgetAddresses,
  type Left,
  NOTHING,
  noteCanary,
  noteFate,
  noteKept,
  noteLive,
  noteMoving,
  noteRestorePoint,
  readLeft,
} from './left.ts'
import type {ReleasePoint} from './restore-point-schema.ts'
import {switchTo} from './traffic-moves.ts'
import type {TrafficDriver} from './traffic/traffic-driver.ts'
import type {SlotView, WatchResult} from './views.ts'
import {watch} from './watch.ts'

const targetOf = ({config, tools}: ReleaseContext): string => targetId('release', tools.environment.name, config.name)

/** What earlier runs left and learnt; nothing where nothing is kept. */
export const leftOf = (context: ReleaseContext): Left =>
  context.tools.memory === undefined ? NOTHING : readLeft(context.tools.memory, targetOf(context))

/** See `ReleaseOps.switchTo`. What it leaves is noted, so that a probe can tell when somebody else moves it. */
export async function switchAndNote(context: ReleaseContext, slot: string): Promise<void> {
  const {tools} = context
  if (tools.dryRun || tools.memory === undefined) return switchTo(context, slot)
  const {memory} = tools
  const note = (at: number | null): void => noteMoving(memory, targetOf(context), at)
  let moved = false
  const moving = beforeMoves(context, () => {
    moved = true
    note(tools.clock.now())
  })
  try {
    await switchTo(moving, slot)
  } catch (cause) {
    if (moved) note(null)
    throw cause
  }
  await noteLiveSlot(context, slot)
  await noteOldSlot(context, otherConfig(context.config, slot).name)
}

/** The same, with a note that is made when a move is let through, and before it begins. */
function beforeMoves(context: ReleaseContext, note: () => void): ReleaseContext {
  const {traffic} = context
  const move: TrafficDriver['move'] = (moves, signal) => {
    note()
    return traffic.move(moves, signal)
  }
  return {...context, traffic: {...traffic, move}}
}

/** From now on its time runs: it is the way back until then. */
async function noteOldSlot(context: ReleaseContext, slot: string): Promise<void> {
  const {config, tools} = context
  const version = await versionAt(context, slot)
  const kept = {slot, version, until: tools.clock.now() + config.keepOldSlot, run: tools.run, ended: null}
  if (tools.memory !== undefined) noteKept(tools.memory, targetId('release', tools.environment.name, config.name), kept)
}

/** Gives a canary its share by what `move` does with the context: noted before the first move, as one that is under way. */
export async function noteShare(
  context: ReleaseContext,
  {slot, percent}: {readonly slot: string; readonly percent: number},
  move: (context: ReleaseContext) => Promise<void>,
): Promise<void> {
  const {tools} = context
  const {memory} = tools
  if (tools.dryRun || memory === undefined) return move(context)
  const version = await versionAt(context, slot)
  const canary = {slot, version, percent, at: tools.clock.now(), run: tools.run}
  await moveAndNote(context, memory, {during: canary, after: canary}, move)
}

/** No slot gets a share any more, when `move` has taken it back. */
export async function noteNoShare(
  context: ReleaseContext,
  move: (context: ReleaseContext) => Promise<void>,
): Promise<void> {
  const {tools} = context
  const {memory} = tools
  if (tools.dryRun || memory === undefined) return move(context)
  await moveAndNote(context, memory, {during: leftOf(context).canary, after: null}, move)
}

/** Nothing that is seen between the two notes was moved by a stranger. */
async function moveAndNote(
  context: ReleaseContext,
  memory: Memory,
  {during, after}: {readonly during: Left['canary']; readonly after: Left['canary']},
  move: (context: ReleaseContext) => Promise<void>,
): Promise<void> {
  const target = targetOf(context)
  let begun = false
  const begin = (): void => {
    begun = true
    noteCanary(memory, target, during, context.tools.clock.now())
  }
  try {
    await move(beforeMoves(context, begin))
  } catch (cause) {
    if (begun) noteCanary(memory, target, during, null)
    throw cause
  }
  noteCanary(memory, target, after, null)
}

/** What runs on a kept slot when a run of ours has started it there. */
export function noteStarted(context: ReleaseContext, slot: string, version: string): void {
  const {tools, config} = context
  const {kept} = leftOf(context)
  if (tools.dryRun || tools.memory === undefined) return
  const servers = slotConfig(config, slot).instances.map(({name}) => name)
  forgetAddresses(tools.memory, targetOf(context), servers)
  if (kept?.slot !== slot) return
  const started = {version, until: tools.clock.now() + config.keepOldSlot, run: tools.run}
  noteKept(tools.memory, targetOf(context), startedAgain(kept, started))
}

/** See `ReleaseOps.noteEnded`. */
export async function noteEnded(context: ReleaseContext, slot: string): Promise<void> {
  const {tools} = context
  const {kept} = leftOf(context)
  if (kept?.slot !== slot) return
  await remember(context, `${slot} was ended`, memory =>
    noteKept(memory, targetOf(context), {...kept, ended: tools.clock.now()}),
  )
}

/** See `ReleaseOps.noteRestorePoint`. */
export async function noteRestorePointOf(
  context: ReleaseContext,
  point: Omit<ReleasePoint, 'at' | 'run'>,
): Promise<void> {
  const {tools} = context
  await remember(context, `${point.kind} ${point.name} of backup ${point.backup}, to go back to`, memory =>
    noteRestorePoint(memory, targetOf(context), {...point, at: tools.clock.now(), run: tools.run}),
  )
}

/** What is noted and belongs to no move is a change like any other: recorded, and none where one may only read. */
async function remember(context: ReleaseContext, what: string, write: (memory: Memory) => void): Promise<void> {
  const {tools} = context
  const {memory} = tools
  if (memory === undefined) return
  await tools.act(`remember of ${context.config.name}: ${what}`, async () => write(memory), undefined)
}

/** See `ReleaseOps.acceptLive`. */
export async function acceptLive(context: ReleaseContext, slot: string): Promise<void> {
  const {tools} = context
  const version = await versionAt(context, slot)
  const addresses = await addressesNow(context)
  await remember(context, `${[slot, version ?? ''].join(' ').trim()} is meant to be live`, memory =>
    noteLive(memory, targetOf(context), {slot, version, at: tools.clock.now(), run: tools.run, addresses}),
  )
}

/** Where the load balancer sends requests now; none where it does not say. A note that is not made stops no run. */
const addressesNow = async ({config, traffic, tools}: ReleaseContext): Promise<Addresses> =>
  traffic.state(tools.signal).then(
    state => addressesOf(config, state),
    () => ({}),
  )

/** What a slot answers now. */
async function versionAt({config, tools, request}: ReleaseContext, slot: string): Promise<string | null> {
  const views = await probeSlots({config, request}, undefined, tools.signal)
  return views.find(view => view.name === slot)?.version ?? null
}

/** Notes that this slot is meant to be live, with what it answers. */
async function noteLiveSlot(context: ReleaseContext, slot: string): Promise<void> {
  const {tools} = context
  if (tools.dryRun || tools.memory === undefined) return
  const version = await versionAt(context, slot)
  const addresses = await addressesNow(context)
  noteLive(tools.memory, targetOf(context), {slot, version, at: tools.clock.now(), run: tools.run, addresses})
}

/** See `ReleaseOps.noteFate`. */
export async function noteFateOf(
  context: ReleaseContext,
  version: string | null | undefined,
  fate: Fate,
  reason: string,
): Promise<void> {
  const {tools} = context
  if (version === undefined || version === null) return
  await remember(context, `${version}, ${fate}: ${reason}`, memory =>
    noteFate(memory, targetOf(context), version, {
      fate,
      reason,
      at: tools.clock.now(),
      run: tools.run,
      ...(tools.by === undefined ? {} : {by: tools.by}),
    }),
  )
}

const FATES: Readonly<Record<WatchResult['verdict'], Fate>> = {
  good: 'good',
  bad: 'failed its watch',
  'nothing seen': 'too little seen',
  inconclusive: 'too little seen',
}

/** See `ReleaseOps.watch`. Its version is that which was live when it began: a bad one may not answer at the end. */
export async function watchAndNote(context: ReleaseContext, slot: string, forMs: number): Promise<WatchResult> {
  const {live} = leftOf(context)
  const result = await watch(context, slot, forMs)
  if (live?.slot === slot && !context.tools.dryRun)
    await noteFateOf(context, live.version, FATES[result.verdict], result.reason)
  return result
}

/** See `ReleaseOps.moved`. */
export async function movedFrom(context: ReleaseContext, slots: readonly SlotView[]): Promise<string | undefined> {
  const {config, tools} = context
  const left = leftOf(context)
  const addresses = left.live?.addresses
  const gone = addresses === undefined ? [] : elsewhere(addresses, await addressesNow(context))
  return driftOf(
    {release: config.name, environment: tools.environment.name, now: tools.clock.now(), elsewhere: gone},
    left,
    slots,
  )
}
