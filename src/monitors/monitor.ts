import type {AlertTarget} from '../alerts/alert-target.ts'
import {messageOf} from '../errors.ts'
import type {Watched} from './history.ts'
import type {Reloaded} from './in-force.ts'
import type {MonitorOptions} from './monitor-options.ts'
import type {Monitor, MonitorStatus} from './monitor-port.ts'
import {createRecorder} from './recorder.ts'
import {createPassage} from './passage.ts'
import {openPast} from './past.ts'
import {seenOnce} from './one-shot.ts'
import type {ProbeOutcome, Target, TargetId} from './sample.ts'
import type {Scheduler, SchedulerMeasurements, SchedulerOptions} from './scheduler.ts'
import {createScheduler} from './scheduler.ts'
import type {Term} from './term.ts'
import {hasTurned, inParts, inSweep} from './sweep-turn.ts'
import {subjectOf} from './alert-target.ts'
import type {Timers} from './timers.ts'
import {systemTimers} from './timers.ts'
import {once} from '../units/once.ts'
import {watcherStatus} from './lease.ts'

const FLUSH_MS = 200
/** How often time-based rules are evaluated, of all that is not simply well, and every target for missing samples. */
const SWEEP_MS = 2_000
const LEASE_MS = 2_000
/** How often the configuration is looked at: a stat. */
const CONFIG_MS = 1_000
const CONCURRENCY = 64
const ONCE_PATIENCE_MS = 5_000
const ONCE_POLL_MS = 50

export const createMonitor = (options: MonitorOptions): Monitor => new LeasedMonitor(options)

type Tick = 'lease' | 'flush' | 'sweep' | 'round' | 'config'

class LeasedMonitor implements Monitor {
  readonly #options: MonitorOptions
  readonly #timers: Timers
  readonly #forget = new Map<Tick, () => void>()
  #watched: readonly Target[]
  #term: Term | undefined
  #renewedAt = 0
  /** When this process last had a sample, in its present term. */
  #takenAt: number | undefined
  #sweptAt: number | undefined
  readonly #passage: ReturnType<typeof createPassage>
  readonly #past: ReturnType<typeof openPast>
  #trouble: string | undefined
  #idle: SchedulerMeasurements = {running: 0, waiting: 0, probes: 0, lagMs: 0, worstLagMs: 0}

  constructor(options: MonitorOptions) {
    this.#options = options
    this.#watched = options.targets
    this.#timers = options.timers ?? systemTimers
    this.#passage = createPassage(options.clock, SWEEP_MS)
    this.#past = openPast(options.history)
  }

  start(): void {
    this.#tickLease()
    this.#arm('sweep', SWEEP_MS, () => this.#sweep())
    this.#arm('config', CONFIG_MS, () => this.#tickConfig())
  }

  refresh(): void {
    if (this.#term) void this.#term.scheduler.probeNow()
    else this.#guard(() => this.#options.lease.askRefresh())
  }

  async once(signal: AbortSignal): Promise<void> {
    const {clock, lease, history} = this.#options
    const patientUntil = clock.monotonic() + ONCE_PATIENCE_MS
    while (!this.#term && lease.holder(clock.now()) !== undefined) {
      signal.throwIfAborted()
      const fresh = this.targets().every(target => target.state !== 'no data')
      if (fresh || clock.monotonic() >= patientUntil) return
      await new Promise<void>(resolve => void this.#timers.after(ONCE_POLL_MS, resolve))
    }
    const seen = new Map<TargetId, Watched>()
    const known = history.watched()
    const scheduler =
      this.#term?.scheduler ??
      this.#schedule(
        (target, outcome) => seen.set(target.id, seenOnce(target, known.get(target.id), outcome, clock.now())),
        {doubtFirst: false},
      )
    const cut = (): void => void scheduler.stop()
    signal.addEventListener('abort', cut, {once: true})
    await scheduler.probeNow()
    signal.removeEventListener('abort', cut)
    if (this.#term) this.#store()
    else {
      await scheduler.stop()
      history.show(seen)
    }
    signal.throwIfAborted()
  }

  status(): MonitorStatus {
    const now = this.#options.clock.now()
    const holder = this.#options.lease.holder(now)
    return {
      ...watcherStatus(holder, this.#options.history, this.#term !== undefined, this.#term && this.#takenAt),
      since: holder?.since,
      inForce: this.#term ? this.#options.config?.inForce() : holder?.inForce,
      scheduler: this.#term?.scheduler.measurements() ?? this.#idle,
      notifications: this.#options.alerts.counts(),
      trouble: this.#trouble,
    }
  }

  reload(): Reloaded {
    return this.#reload(true)
  }

  targets(): readonly AlertTarget[] {
    return this.#targets(this.#watched, this.#options.clock.now())
  }

  async stop(): Promise<readonly string[]> {
    for (const forget of this.#forget.values()) forget()
    this.#forget.clear()
    const term = this.#term
    const failures: string[] = []
    const cleanUps: readonly (readonly [string, () => void | Promise<void>])[] = [
      ['probes', () => term?.scheduler.stop()],
      ['samples', () => void this.#store()],
      ['alerts', () => this.#options.alerts.stop()],
      ...this.#watched.map(target => [target.id, () => target.close?.()] as const),
      ['lease', () => this.#options.lease.release()],
    ]
    for (const [name, cleanUp] of cleanUps) {
      try {
        await cleanUp()
      } catch (thrown) {
        failures.push(`${name}: ${messageOf(thrown)}`)
      }
    }
    this.#term = undefined
    return failures
  }

  /** Renews the lease, or tries to take it. */
  #tickLease(): void {
    this.#checkTime()
    const now = this.#options.clock.now()
    this.#guard(() => {
      if (this.#term) this.#renew(now)
      else if (this.#options.lease.acquire(now).held) {
        this.#options.history.forgetOld(now)
        this.#begin().scheduler.start()
        this.#publish()
        this.#options.onChange?.()
      }
    })
    this.#arm('lease', LEASE_MS, () => this.#tickLease())
  }

  #tickConfig(): void {
    this.#reload(false)
    this.#arm('config', CONFIG_MS, () => this.#tickConfig())
  }

  #reload(now: boolean): Reloaded {
    const reloaded: Reloaded = this.#options.config?.reload(now) ?? {outcome: 'same'}
    if (reloaded.targets) this.#watch(reloaded.targets)
    if (reloaded.outcome !== 'same') {
      this.#publish()
      this.#options.onChange?.()
    }
    return reloaded
  }

  /** What stays is recognised by its id: what is known of it is kept by that, so nothing of it is lost. */
  #watch(targets: readonly Target[]): void {
    const before = new Set(this.#watched.map(({id}) => id))
    this.#watched = targets
    const term = this.#term
    // Nobody opened what a process that only reads has made.
    if (!term) return
    this.#store()
    term.scheduler.replace(targets)
    const now = this.#options.clock.now()
    for (const {id} of targets) if (!before.has(id)) term.addedAt.set(id, now)
    this.#guard(() => this.#evaluate(targets, now, true))
  }

  /** Others see by what they are watched. */
  #publish(): void {
    const inForce = this.#options.config?.inForce()
    if (this.#term && inForce) this.#guard(() => this.#options.lease.publish(inForce))
  }

  #schedule(onOutcome: SchedulerOptions['onOutcome'], more: Pick<SchedulerOptions, 'doubtFirst'> = {}): Scheduler {
    const {clock, random = Math.random, concurrency = CONCURRENCY} = this.#options
    return createScheduler({
      targets: this.#watched,
      clock,
      timers: this.#timers,
      random,
      concurrency,
      onOutcome,
      ...more,
    })
  }

  #begin(): Term {
    const {clock, history, lease} = this.#options
    this.#passage.check()
    this.#renewedAt = clock.monotonic()
    this.#takenAt = undefined
    const scheduler = this.#schedule((target, outcome) => this.#take(target, outcome))
    this.#term = {
      since: clock.now(),
      recorder: createRecorder(history, {
        mayWrite: () => lease.holds(),
        inMaintenance: (target, at) => this.#options.alerts.inMaintenance?.(target, at) ?? false,
      }),
      scheduler,
      changed: new Set(),
      addedAt: new Map(),
    }
    return this.#term
  }

  /**
   * First at every tick. A clock that was set changes no duration: what is kept is dated anew. After a pause, nobody has
   * probed for a while, so what is missing is nobody's fault, and what is wrong at first is probed again.
   */
  #checkTime(): void {
    const {stepMs, pausedMs} = this.#passage.check()
    const term = this.#term
    if (!term || (stepMs === 0 && pausedMs === 0)) return
    const now = this.#options.clock.now()
    // After a pause somebody else may be watching by now.
    if (!this.#guard(() => void this.#renew(now)) || this.#term !== term) return
    term.since = now
    this.#takenAt = undefined
    term.scheduler.gap()
    if (stepMs === 0) return
    this.#guard(() => {
      term.recorder.redate(stepMs, now)
      term.recorder.flush()
    })
    this.#guard(() => this.#options.alerts.redate(stepMs))
  }

  #take(target: Target, outcome: ProbeOutcome): void {
    this.#checkTime()
    const term = this.#term
    if (!term) return
    const at = this.#options.clock.now()
    if (outcome.probed) term.recorder.record(target, {...outcome.result, target: target.id, at})
    else term.recorder.recordUnprobed(target, outcome.reason, at)
    if (outcome.probed) this.#takenAt = at
    term.changed.add(target)
    if (!this.#forget.has('flush')) this.#arm('flush', FLUSH_MS, () => this.#flush())
  }

  /** Stores what came in since the last time, then lets the rules judge it. */
  #flush(): void {
    this.#checkTime()
    const changed = this.#store()
    if (changed.length === 0) return
    const now = this.#options.clock.now()
    this.#guard(() => this.#evaluate(changed, now, false))
    this.#options.onChange?.()
  }

  /** One transaction. Returns whose samples came in; none when there is nothing, or the lease was lost meanwhile. */
  #store(): readonly Target[] {
    this.#forget.get('flush')?.()
    this.#forget.delete('flush')
    const term = this.#term
    if (!term || term.changed.size === 0) return []
    const now = this.#options.clock.now()
    // After a pause of this process (SIGSTOP, suspend) somebody else may be writing by now.
    if (this.#options.clock.monotonic() - this.#renewedAt > LEASE_MS * 2) this.#guard(() => void this.#renew(now))
    if (this.#term !== term) return []
    const changed = [...term.changed]
    if (this.#guard(() => term.recorder.flush())) {
      term.changed.clear()
      this.#trouble = undefined
    }
    return changed
  }

  /** Rules that depend on time alone: degraded for, no data, retries of deliveries. */
  #sweep(): void {
    this.#checkTime()
    const now = this.#options.clock.now()
    const due = (): readonly Target[] => inSweep(this.#watched, this.#options.history.lookUp(), now)
    const judge = (targets: readonly Target[]): boolean => {
      this.#guard(() => this.#evaluate(targets, this.#options.clock.now(), false))
      return this.#term !== undefined
    }
    if (this.#term) this.#guard(() => this.#evaluate(due(), now, true))
    if (this.#term && hasTurned(this.#sweptAt ?? now, now))
      inParts(this.#watched, judge, (ms, run) => this.#arm('round', ms, run))
    this.#sweptAt = now
    this.#arm('sweep', SWEEP_MS, () => this.#sweep())
  }

  #evaluate(targets: readonly Target[], now: number, all: boolean): void {
    const byId = once(() => new Map<string, Target>(this.#watched.map(target => [target.id, target])))
    const others = (id: string): readonly Target[] => [byId().get(id)].filter(found => found !== undefined)
    this.#options.alerts.evaluate(this.#targets(targets, now), now, all, id => this.#targets(others(id), now)[0])
  }

  #targets(targets: readonly Target[], now: number): readonly AlertTarget[] {
    const watched = this.#options.history.lookUp()
    const {since = now, addedAt} = this.#term ?? {}
    return targets.map(target => {
      const watchedSince = Math.max(since, addedAt?.get(target.id) ?? since)
      return subjectOf(target, watched.get(target.id), {now, watchedSince, past: this.#past(target.id)})
    })
  }

  /** False: the lease is lost, and this process only reads from now on. */
  #renew(now: number): boolean {
    const {held, refresh} = this.#options.lease.renew(now)
    if (held) {
      this.#renewedAt = this.#options.clock.monotonic()
      if (refresh) void this.#term?.scheduler.probeNow()
      return true
    }
    this.#idle = this.#term?.scheduler.measurements() ?? this.#idle
    void this.#term?.scheduler.stop()
    this.#term = undefined
    this.#trouble = undefined
    this.#options.alerts.letGo()
    this.#options.onChange?.()
    return false
  }

  #arm(name: Tick, ms: number, run: () => void): void {
    this.#forget.set(name, this.#timers.after(ms, run))
  }

  /** The monitor goes on whatever the store or an alert does; what went wrong is part of its status. */
  #guard(act: () => void): boolean {
    try {
      act()
      return true
    } catch (thrown) {
      this.#trouble = messageOf(thrown)
      return false
    }
  }
}
