import {messageOf} from '../../errors.ts'
import {sleep} from '../../units/clock.ts'
import {formatDuration} from '../../units/duration.ts'
import {formatShare} from '../../units/number.ts'
import type {Counts} from '../analysis/evidence.ts'
import type {Judgement} from '../analysis/judge.ts'
import {lookAtSlot, otherConfig, type ReleaseContext} from '../context.ts'
import {percentile} from '../slowness.ts'
import {commonVersion, versionWords} from '../slots.ts'
import {moreWords} from '../verdict.ts'
import {openLiveFigures, wayToBound} from './live-figures.ts'
import type {Canary} from './canary.ts'
import {beginStage, canaryOf, lookAtCanary, nextLookMs} from './observe.ts'
import {slowLimitOf} from './probes.ts'
import {takeShareBack} from './share-moves.ts'

/** A line says what is new; where nothing is, that it still is so. */
const TOLD_MS = 30_000
/** Not more often, whatever is new. */
const LEAST_MS = 2_000
/** What is not proved may go on for so many times the stage, where that would prove it. */
export const LONGER = 3

/** How a stage ended. */
export interface StageResult {
  readonly verdict: Judgement['verdict']
  readonly reason: string
  readonly ms: number
  readonly canary: Counts
  readonly stable: Counts
  /** Of one that failed: all traffic is on stable again. */
  readonly isTakenBack?: boolean
}

export interface CompareOptions {
  /** What a person decided last: `hold`, `promote`; anything else: nothing. */
  readonly decided?: (() => string | undefined) | undefined
}

/** See `ReleaseOps.compare`. */
export async function compare(
  context: ReleaseContext,
  slot: string,
  options: CompareOptions & {readonly forMs: number},
): Promise<StageResult> {
  const canary = canaryOf(context, slot)
  beginStage(canary)
  if (context.tools.dryRun) return resultOf(canary, {verdict: 'no data', reason: 'a dry run sends nothing'}, 0)
  const end = new AbortController()
  const signal = AbortSignal.any([context.tools.signal, end.signal])
  canary.compared = true
  try {
    return await compareUntil({...context, tools: {...context.tools, signal}}, canary, options)
  } finally {
    canary.compared = false
    end.abort(new Error('the stage is over'))
  }
}

async function compareUntil(
  context: ReleaseContext,
  canary: Canary,
  {forMs, decided}: CompareOptions & {readonly forMs: number},
): Promise<StageResult> {
  const {tools, config} = context
  const versions = [
    await versionOf(context, otherConfig(config, canary.slot).name),
    await versionOf(context, canary.slot),
  ] as const
  const liveFigures = openLiveFigures()
  const begin = tools.clock.monotonic()
  const isNews = openNews()
  for (;;) {
    const look = await lookAtCanary(context, canary)
    const ms = tools.clock.monotonic() - begin
    const shown = liveFigures({
      versions,
      totals: canary.totals,
      times: canary.probes.times,
      judgement: look.ok ? look.judgement : {...look.judgement, verdict: 'fail', reason: look.reason},
      maxErrorRate: config.maxErrorRate,
      slowMs: slowLimitOf(canary.probes, config),
      ms,
      at: tools.clock.now(),
    })
    tools.progress(Math.min(ms, forMs), forMs, 'ms', shown)
    if (!look.ok) {
      const isTakenBack = await takenBack(context, canary.slot, look.reason)
      return {...resultOf(canary, {verdict: 'fail', reason: look.reason}, ms), isTakenBack}
    }
    if (isNews(look.judgement, ms)) tools.log(lineOf(canary, look.judgement, ms))
    const choice = decided?.()
    if (choice === 'promote')
      return resultOf(canary, {verdict: 'pass', reason: `promoted by a person (${look.judgement.reason})`}, ms)
    if (choice !== 'hold' && ms >= forMs && !worthWaiting(look.judgement, ms, forMs)) {
      const more = look.judgement.verdict === 'inconclusive' ? moreWords(look.judgement.moreMs) : ''
      return resultOf(canary, {...look.judgement, reason: `${look.judgement.reason}${more}`}, ms)
    }
    await sleep(nextLookMs(canary, tools.clock.monotonic()), tools.signal)
  }
}

/** Whether a look is worth a line: another verdict, a tenth more or less of the way to the bound, or none for a while. */
export function openNews(): (judgement: Judgement, ms: number) => boolean {
  let told: {readonly ms: number; readonly words: string} | undefined
  return (judgement, ms) => {
    const words = `${judgement.verdict} ${Math.round(wayToBound(judgement) * 10)}`
    const since = told === undefined ? TOLD_MS : ms - told.ms
    if (since < LEAST_MS || (since < TOLD_MS && told?.words === words)) return false
    told = {ms, words}
    return true
  }
}

/** Users first; the run records afterwards that its stage failed. False: it could not be done, so its undo must. */
const takenBack = (context: ReleaseContext, slot: string, reason: string): Promise<boolean> =>
  takeShareBack(context, slot, reason).then(
    () => true,
    (cause: unknown) => {
      context.tools.signal.throwIfAborted()
      context.tools.log(`the share of ${slot} could not be taken back: ${messageOf(cause)}`)
      return false
    },
  )

const versionOf = async (context: ReleaseContext, slot: string): Promise<string> => {
  const instances = await lookAtSlot(context, slot)
  return versionWords({version: commonVersion(instances.map(({version}) => version)), instances})
}

const worthWaiting = ({verdict, moreMs}: Judgement, ms: number, forMs: number): boolean =>
  verdict === 'inconclusive' && moreMs !== undefined && ms + moreMs <= LONGER * forMs

const resultOf = (
  {totals}: Canary,
  {verdict, reason}: Pick<Judgement, 'verdict' | 'reason'>,
  ms: number,
): StageResult => ({verdict, reason, ms, canary: totals.canary, stable: totals.stable})

const WIDTH = 20

/** Both side by side, and the evidence on its way to its bound: `canary 12/s 0% p95 14ms │ stable 236/s 1.0% … │ evidence ██░░`. */
export function lineOf({totals, probes: {times}, beganAt}: Canary, judgement: Judgement, ms: number): string {
  const seconds = Math.max(0.001, (beganAt === undefined ? 0 : ms) / 1000)
  const side = (name: 'canary' | 'stable'): string => {
    const {requests, bad} = totals[name]
    const share = requests === 0 ? '–' : formatShare(bad / requests)
    const finite = times[name].filter(Number.isFinite)
    const p95 = finite.length === 0 ? '–' : formatDuration(Math.round(percentile(finite)))
    return `${name} ${(requests / seconds).toFixed(1)}/s, ${share} errors, p95 ${p95}`
  }
  const full = Math.round(wayToBound(judgement) * WIDTH)
  const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
  const more = judgement.verdict === 'inconclusive' ? moreWords(judgement.moreMs) : ''
  // Overwhelming evidence is more than a number can hold.
  const evidence = Number.isFinite(judgement.evidence) ? judgement.evidence.toFixed(1) : 'more than 1e308'
  return `${side('canary')} │ ${side('stable')} │ evidence ${bar} ${evidence} of ${judgement.bound.toFixed(0)} │ ${judgement.verdict}: ${judgement.reason}${more}`
}
