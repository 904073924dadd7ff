import {openFilesLimit} from '../processes/open-files.ts'
import type {Clock} from '../units/clock.ts'
import {ProbeLine} from './probe-line.ts'
import type {StallMeter} from './stall-meter.ts'
import {createStallMeter} from './stall-meter.ts'
import type {MeasuredOutcome, StartedProbe} from './start-probe.ts'
import {startProbe} from './start-probe.ts'
import type {ProbeOutcome, Target} from './sample.ts'
import type {Timers} from './timers.ts'

export interface SchedulerOptions {
  readonly targets: readonly Target[]
  readonly clock: Clock
  readonly timers: Timers
  /** 0..1, for jitter. */
  readonly random: () => number
  /** Probes at work at most; the others wait in line. */
  readonly concurrency: number
  /** Probes under way at most, those included that wait for a target that does not answer; left out, by what this process may open. */
  readonly mostUnderWay?: number
  readonly onOutcome: (target: Target, outcome: ProbeOutcome) => void
  /**
   * Whether the first probe of each target that finds something wrong is made again before it counts: it loads, resolves
   * and connects for the first time. True when left out.
   */
  readonly doubtFirst?: boolean
}

export interface SchedulerMeasurements {
  readonly running: number
  readonly waiting: number
  readonly probes: number
  /** How much later than planned the last probe began, milliseconds. */
  readonly lagMs: number
  readonly worstLagMs: number
}

export interface Scheduler {
  start(): void
  /** Probes everything now; what is being probed already is left alone. Resolves when all were probed. */
  probeNow(): Promise<void>
  /**
   * Watches these from now on. A target that stays, by its id, keeps its turn; a probe of it that is under way still
   * counts. One that is new is probed soon; a probe of one that is gone is aborted and its result dropped.
   */
  replace(targets: readonly Target[]): void
  /** Nobody probed for a while: what is under way, and what comes next, is doubted as first probes are. */
  gap(): void
  /** Aborts every probe; their results are dropped, because stopping says nothing about a target. */
  stop(): Promise<void>
  measurements(): SchedulerMeasurements
}

/** Probes are spread by ±2 %, so that targets with one interval do not march in step. */
const JITTER = 0.02
/** First probes start this far apart: a console shows everything at once, five thousand targets do not stampede. */
const FIRST_STEP_MS = 4
/** A probe that is not believed is made again so soon, and so often at most: a host that is always slow is not silent. */
const AGAIN_MS = 500
const DOUBTS = 2
const TIMEOUTS_BEFORE_BACKOFF = 3
const BACKOFF = 1.5
/** Each that waits has some 15 KB. */
const MOST_UNDER_WAY = 2_000
/** How often is asked whether a change of ours has noted anything. */
const NOTES_MS = 500
const STOP_PATIENCE_MS = 2_000

interface Plan {
  target: Target
  /** It is watched no more. */
  gone: boolean
  /** Forgets the timer of the next probe. */
  forget: (() => void) | undefined
  due: number
  busy: StartedProbe | undefined
  /** The result of the probe in flight is known; its driver has not come back yet. */
  answered: boolean
  queued: boolean
  timeouts: number
  /** The next result is a first one: of this process, or after a gap. */
  first: boolean
  doubts: number
  /** What `noted` said when it was asked last. */
  noted: string | undefined
  /** Called at the end of the current or next probe. */
  readonly seen: (() => void)[]
}

/**
 * When to probe again after a probe that began at `begun`. A source that times out again and again is asked less often,
 * but never so seldom that its state would turn from `down` to `no data`.
 */
export function nextDelay(target: Pick<Target, 'intervalMs' | 'timeoutMs'>, timeouts: number, random: number): number {
  const jittered = target.intervalMs * (1 + JITTER * (2 * random - 1))
  if (timeouts < TIMEOUTS_BEFORE_BACKOFF) return jittered
  return Math.max(jittered, Math.min(target.intervalMs * BACKOFF, 2 * target.intervalMs - target.timeoutMs - 1000))
}

/** How long the first result of a process may take, of a target that does not answer: each doubt waits for its deadline once more. */
export const slowestFirstResult = ({intervalMs, timeoutMs}: Pick<Target, 'intervalMs' | 'timeoutMs'>): number =>
  intervalMs + (1 + DOUBTS) * timeoutMs + DOUBTS * AGAIN_MS

/** The other half of what may be open is for kept connections, files, and programs that are started. */
export const mostUnderWay = (places: number, openFiles: number): number =>
  Math.max(places, Math.min(MOST_UNDER_WAY, Math.floor(openFiles / 2)))

export function createScheduler(options: SchedulerOptions): Scheduler {
  return new LookScheduler(options)
}

class LookScheduler implements Scheduler {
  readonly #options: SchedulerOptions
  #plans: readonly Plan[]
  readonly #line: ProbeLine<Plan>
  readonly #measurements = {probes: 0, lagMs: 0, worstLagMs: 0}
  readonly #stalls: StallMeter
  #stopped = false
  #forgetNotes: (() => void) | undefined

  constructor(options: SchedulerOptions) {
    this.#options = options
    const {clock, timers, concurrency: places, mostUnderWay: most = mostUnderWay(places, openFilesLimit())} = options
    this.#line = new ProbeLine({clock, timers, places, most, begin: one => this.#begin(one)})
    this.#stalls = createStallMeter(clock, timers)
    this.#plans = options.targets.map(target => this.#planOf(target))
  }

  #planOf(target: Target): Plan {
    return {
      target,
      gone: false,
      forget: undefined,
      due: 0,
      busy: undefined,
      answered: false,
      queued: false,
      timeouts: 0,
      first: this.#options.doubtFirst ?? true,
      doubts: 0,
      noted: undefined,
      seen: [],
    }
  }

  start(): void {
    this.#spread(this.#plans)
    this.#lookForNotes()
  }

  /** What a change of ours has just left is not shown as it was before for a whole interval. */
  #lookForNotes(): void {
    this.#forgetNotes?.()
    this.#forgetNotes = undefined
    if (this.#stopped || this.#plans.every(({target}) => target.noted === undefined)) return
    for (const one of this.#plans) {
      // One that is under way may have begun before.
      if (one.busy || one.queued) continue
      const noted = one.target.noted?.()
      // The first of all is what was left long ago.
      if (one.noted !== undefined && noted !== one.noted) this.#again(one, 0)
      one.noted = noted
    }
    this.#forgetNotes = this.#options.timers.after(NOTES_MS, () => this.#lookForNotes())
  }

  #spread(plans: readonly Plan[]): void {
    const width = plans.length * FIRST_STEP_MS
    for (const one of plans) this.#plan(one, this.#options.random() * Math.min(one.target.intervalMs, width))
  }

  replace(targets: readonly Target[]): void {
    const before = new Map(this.#plans.map(one => [one.target.id, one]))
    this.#plans = targets.map(target => before.get(target.id) ?? this.#planOf(target))
    const kept = new Set(this.#plans)
    for (const one of before.values()) if (!kept.has(one)) this.#drop(one)
    for (const [index, one] of this.#plans.entries()) {
      this.#swap(one, targets[index] as Target)
      // Its interval may be shorter than it was.
      const until = one.due - this.#options.clock.monotonic()
      if (one.forget && until > one.target.intervalMs) this.#again(one, one.target.intervalMs)
    }
    this.#spread(this.#plans.filter(one => !before.has(one.target.id)))
    this.#lookForNotes()
  }

  /** It connects anew, so its next probe is a first one. */
  #swap(one: Plan, target: Target): void {
    if (one.target === target) return
    closeAfter(one.busy, one.target)
    one.target = target
    one.first = true
  }

  #drop(one: Plan): void {
    one.gone = true
    one.forget?.()
    closeAfter(one.busy, one.target)
    one.busy?.abort(new Error('it is no longer in the configuration'))
    for (const done of one.seen.splice(0)) done()
  }

  #again(one: Plan, delayMs: number): void {
    one.forget?.()
    this.#plan(one, delayMs)
  }

  async probeNow(): Promise<void> {
    const all = this.#plans.map(one => {
      // A driver that ignores its signal has been counted as down already; nobody waits for it.
      if (one.busy && one.answered) return Promise.resolve()
      const seen = new Promise<void>(resolve => one.seen.push(resolve))
      one.due = this.#options.clock.monotonic()
      this.#enqueue(one)
      return seen
    })
    await Promise.all(all)
  }

  gap(): void {
    for (const one of this.#plans) one.first = true
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#forgetNotes?.()
    this.#line.close()
    for (const one of this.#plans) one.forget?.()
    const running = this.#plans.flatMap(one => (one.busy ? [one.busy] : []))
    for (const probe of running) probe.abort(new Error('the monitor stopped'))
    for (const one of this.#plans) for (const done of one.seen.splice(0)) done()
    let forget: () => void = () => undefined
    const patience = new Promise<void>(resolve => {
      forget = this.#options.timers.after(STOP_PATIENCE_MS, resolve)
    })
    await Promise.race([Promise.all(running.map(probe => probe.ended)), patience])
    forget()
  }

  measurements(): SchedulerMeasurements {
    return {...this.#measurements, running: this.#line.underWay, waiting: this.#line.waiting}
  }

  #plan(one: Plan, delayMs: number): void {
    one.due = this.#options.clock.monotonic() + delayMs
    one.forget = this.#options.timers.after(delayMs, () => this.#enqueue(one))
  }

  #enqueue(one: Plan): void {
    one.forget?.()
    one.forget = undefined
    if (this.#stopped || one.gone || one.queued || one.busy) return
    one.queued = true
    this.#line.join(one)
  }

  #begin(one: Plan): boolean {
    one.queued = false
    if (one.gone) return false
    void this.#run(one)
    return true
  }

  async #run(one: Plan): Promise<void> {
    const {clock, timers, onOutcome, random} = this.#options
    const begun = clock.monotonic()
    this.#countStart(Math.max(0, begun - one.due))
    const {target} = one
    const probe = startProbe(target, {clock, timers, stalls: this.#stalls})
    one.busy = probe
    one.answered = false
    const outcome = await probe.outcome
    one.answered = true
    one.timeouts = clock.monotonic() - begun >= target.timeoutMs ? one.timeouts + 1 : 0
    const over = this.#stopped || one.gone
    const doubted = !over && isDoubted(one, outcome)
    if (!over && !doubted) onOutcome(one.target, outcome)
    if (!doubted) for (const done of one.seen.splice(0)) done()
    this.#line.leave(one)
    // A driver that ignores its signal is still working: no second probe of the same target until it is over.
    await probe.ended
    one.busy = undefined
    if (this.#stopped || one.gone) return
    const delay = doubted
      ? clock.monotonic() - begun + Math.min(AGAIN_MS, one.target.intervalMs / 4)
      : nextDelay(one.target, one.timeouts, random())
    this.#plan(one, Math.max(0, begun + delay - clock.monotonic()))
  }

  #countStart(lagMs: number): void {
    this.#measurements.probes += 1
    this.#measurements.lagMs = lagMs
    this.#measurements.worstLagMs = Math.max(this.#measurements.worstLagMs, lagMs)
  }
}

/** What a probe under way still uses is closed when it has ended. */
function closeAfter(busy: StartedProbe | undefined, target: Target): void {
  const close = async (): Promise<void> => target.close?.()
  void (busy?.ended ?? Promise.resolve()).then(close).catch(() => undefined)
}

/** Whether something wrong was found by a probe that may have been disturbed; it is made again and not counted. */
function isDoubted(one: Plan, outcome: MeasuredOutcome): boolean {
  const wrong = !outcome.probed || outcome.result.status !== 'up'
  const doubted = wrong && ((one.first && one.doubts === 0) || (outcome.disturbed && one.doubts < DOUBTS))
  one.first = false
  one.doubts = doubted ? one.doubts + 1 : 0
  return doubted
}
