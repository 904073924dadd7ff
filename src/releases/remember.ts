import {targetId} from '../monitors/sample.ts'
import {otherConfig, probeSlots, type ReleaseContext} from './context.ts'
import {startedAgain} from './kept.ts'
import {
  driftOf,
  type Fate,
  type Left,
  NOTHING,
  noteCanary,
  noteFate,
  noteKept,
  noteLive,
  noteMoving,
  readLeft,
} from './left.ts'
import {switchTo} from './traffic-moves.ts'
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
  noteMoving(tools.memory, targetOf(context), tools.clock.now())
  try {
    await switchTo(context, slot)
  } catch (cause) {
    noteMoving(tools.memory, targetOf(context), null)
    throw cause
  }
  await noteLiveSlot(context, slot)
  await noteOldSlot(context, otherConfig(context.config, slot).name)
}

/** From now on its time runs: it is the way back until then. */
async function noteOldSlot({config, tools, request}: ReleaseContext, slot: string): Promise<void> {
  const views = await probeSlots({config, request}, undefined, tools.signal)
  const version = views.find(view => view.name === slot)?.version ?? null
  const kept = {slot, version, until: tools.clock.now() + config.keepOldSlot, run: tools.run, ended: null}
  if (tools.memory !== undefined) noteKept(tools.memory, targetId('release', tools.environment.name, config.name), kept)
}

/** Notes the share that a canary is about to get; undefined: none any more. */
export async function noteCanaryOf(context: ReleaseContext, slot: string, percent: number | undefined): Promise<void> {
  const {tools} = context
  if (tools.dryRun || tools.memory === undefined) return
  if (percent === undefined) return noteCanary(tools.memory, targetOf(context), null)
  const views = await probeSlots(context, undefined, tools.signal)
  const version = views.find(view => view.name === slot)?.version ?? null
  noteCanary(tools.memory, targetOf(context), {slot, version, percent, at: tools.clock.now(), run: tools.run})
}

/** What runs on a kept slot when a run of ours has started it there. */
export function noteStarted(context: ReleaseContext, slot: string, version: string): void {
  const {tools, config} = context
  const {kept} = leftOf(context)
  if (tools.dryRun || tools.memory === undefined || kept?.slot !== slot) return
  const started = {version, until: tools.clock.now() + config.keepOldSlot, run: tools.run}
  noteKept(tools.memory, targetOf(context), startedAgain(kept, started))
}

/** See `ReleaseOps.noteEnded`. */
export function noteEnded(context: ReleaseContext, slot: string): void {
  const {tools} = context
  const {kept} = leftOf(context)
  if (tools.dryRun || tools.memory === undefined || kept?.slot !== slot) return
  noteKept(tools.memory, targetOf(context), {...kept, ended: tools.clock.now()})
}

/** Notes that this slot is meant to be live, with what it answers. */
export async function noteLiveSlot(context: ReleaseContext, slot: string): Promise<void> {
  const {tools} = context
  if (tools.dryRun || tools.memory === undefined) return
  const views = await probeSlots(context, undefined, tools.signal)
  const version = views.find(view => view.name === slot)?.version ?? null
  noteLive(tools.memory, targetOf(context), {slot, version, at: tools.clock.now(), run: tools.run})
}

/** See `ReleaseOps.noteFate`. */
export function noteFateOf(
  context: ReleaseContext,
  version: string | null | undefined,
  fate: Fate,
  reason: string,
): void {
  const {tools} = context
  if (tools.dryRun || tools.memory === undefined || version === undefined || version === null) return
  noteFate(tools.memory, targetOf(context), version, {fate, reason, at: tools.clock.now(), run: tools.run})
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
  if (live?.slot === slot) noteFateOf(context, live.version, FATES[result.verdict], result.reason)
  return result
}

/** See `ReleaseOps.moved`. */
export const movedFrom = (context: ReleaseContext, slots: readonly SlotView[]): string | undefined =>
  driftOf({release: context.config.name, now: context.tools.clock.now()}, leftOf(context), slots)
