import type {AuditEntry} from '../audit/record.ts'
import {reasonOf} from '../connections/reason.ts'
import type {Clock} from '../units/clock.ts'
import {formatDuration} from '../units/duration.ts'
import type {AlertStore} from './alert-store.ts'
import type {Channel} from './channels/channel.ts'
import type {AlertsConfig} from './config.ts'
import {decideNotifications, notificationOf, deliveryAfter} from './notify.ts'
import {evaluateRules} from './rules.ts'
import type {Alert, AlertChange} from './state.ts'
import {alertId, isFlappingAlert, nextAlert, relieve} from './state.ts'
import type {AlertTarget} from './alert-target.ts'

export interface AlertEngineOptions {
  readonly config: Pick<AlertsConfig, 'failureThreshold' | 'degradedFor' | 'hitRateBelow' | 'groupInterval'>
  readonly alertStore: AlertStore
  readonly channels: readonly Channel[]
  readonly clock: Clock
  /** Gets every transition, for the audit trail. */
  readonly record: (entry: AuditEntry) => void
  /** Marks notifications as a rehearsal. */
  readonly test?: boolean
}

export interface AlertEngine {
  evaluate(targets: readonly AlertTarget[], now: number, all: boolean): void
  /** Resolves when no delivery is under way. */
  flushed(): Promise<void>
  /** Gives deliveries up that are under way; they are tried again by the next process that watches. */
  stop(): Promise<void>
}

/** An alert that was resolved longer ago than this, and the group interval, has nothing more to tell. */
const NOTIFIED_WITHIN_MS = 2 * 3_600_000
/** Resolved alerts are shown this long, then forgotten. */
export const RESOLVED_KEPT_MS = 7 * 86_400_000
const FORGET_EVERY_MS = 3_600_000

export const createAlertEngine = (options: AlertEngineOptions): AlertEngine => new Engine(options)

class Engine implements AlertEngine {
  readonly #options: AlertEngineOptions
  readonly #deliveries = new Map<string, Promise<void>>()
  readonly #abort = new AbortController()
  /** Changes that the alertStore does not hold yet; undefined is a removal. */
  readonly #unsaved = new Map<string, Alert | undefined>()
  #forgottenAt = 0

  constructor(options: AlertEngineOptions) {
    this.#options = options
  }

  /** The whole path of an alert, in order: evaluate → keep → audit → decide (route, dedupe, cool down) → deliver. */
  evaluate(targets: readonly AlertTarget[], now: number, all: boolean): void {
    const known = this.#known(now)
    const changes = this.#evaluateAll(targets, known, now, all)
    const unkept = this.#keep(changes, known)
    const unrecorded = this.#audit(changes, known)
    for (const alert of known.values()) this.#notify(alert, now)
    if (unkept !== undefined) throw unkept
    if (unrecorded !== undefined) throw unrecorded
    this.#forget(now)
  }

  async flushed(): Promise<void> {
    while (this.#deliveries.size > 0) await Promise.all(this.#deliveries.values())
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('the monitor stopped'))
    await this.flushed()
  }

  #evaluateAll(
    targets: readonly AlertTarget[],
    known: ReadonlyMap<string, Alert>,
    now: number,
    all: boolean,
  ): ReadonlyMap<string, AlertChange> {
    const changes = new Map<string, AlertChange>()
    for (const target of targets)
      for (const evaluation of evaluateRules(target, this.#options.config, now)) {
        const id = alertId(evaluation.rule, target.target)
        changes.set(id, nextAlert(known.get(id), evaluation, target, now))
      }
    if (!all) return changes
    const watched = new Set<string>(targets.map(target => target.target))
    for (const alert of known.values())
      if (!watched.has(alert.target)) changes.set(alert.id, relieve(alert, 'it is no longer in the configuration', now))
    return changes
  }

  /** What may still change or have to be notified: everything open, and what was resolved a short time ago. */
  #known(now: number): Map<string, Alert> {
    const known = new Map<string, Alert>()
    for (const alert of this.#options.alertStore.since(now - NOTIFIED_WITHIN_MS - this.#options.config.groupInterval))
      known.set(alert.id, alert)
    for (const [id, alert] of this.#unsaved) {
      if (alert === undefined) known.delete(id)
      else known.set(id, alert)
    }
    return known
  }

  /** Writes what differs, and brings `known` up to date. Returns the error when it cannot be written. */
  #keep(changes: ReadonlyMap<string, AlertChange>, known: Map<string, Alert>): unknown {
    for (const [id, {alert}] of changes) {
      const before = known.get(id)
      const same = alert === before || (alert?.state === before?.state && alert?.summary === before?.summary)
      if (same && alert?.since === before?.since) continue
      this.#unsaved.set(id, alert)
      if (alert === undefined) known.delete(id)
      else known.set(id, alert)
    }
    return this.#save()
  }

  /**
   * Writes what is not written yet. While the disk is full it stays here: alerts go on, nobody is notified twice, and the
   * error is returned for the deliveries of the console.
   */
  #save(): unknown {
    if (this.#unsaved.size === 0) return undefined
    const alerts = [...this.#unsaved.values()].filter(alert => alert !== undefined)
    const removed = [...this.#unsaved].flatMap(([id, alert]) => (alert === undefined ? [id] : []))
    try {
      this.#options.alertStore.save(alerts, removed)
      this.#unsaved.clear()
      return undefined
    } catch (thrown) {
      return thrown
    }
  }

  /** An audit log that cannot be written does not keep anybody from being notified; the error is returned. */
  #audit(changes: ReadonlyMap<string, AlertChange>, known: ReadonlyMap<string, Alert>): unknown {
    let failed: unknown
    for (const [id, {alert, transition}] of changes) {
      if (transition === undefined) continue
      const environment = alert?.environment ?? known.get(id)?.environment ?? id.split('/')[1] ?? ''
      try {
        this.#options.record({
          action: `alert ${transition.to}`,
          target: `alert ${id}`,
          environment,
          phase: 'outcome',
          outcome: transition.to,
          reason: transition.reason,
        })
      } catch (thrown) {
        failed = thrown
      }
    }
    return failed
  }

  #notify(alert: Alert, now: number): void {
    for (const decision of decideNotifications(
      alert,
      this.#options.channels,
      this.#options.config.groupInterval,
      now,
    )) {
      const channel = this.#options.channels.find(each => each.name === decision.channel)
      const key = `${alert.id} ${decision.channel}`
      if (!decision.deliver || channel === undefined || this.#deliveries.has(key) || this.#abort.signal.aborted)
        continue
      this.#deliveries.set(
        key,
        this.#deliver(alert, channel).finally(() => this.#deliveries.delete(key)),
      )
    }
  }

  async #deliver(alert: Alert, channel: Channel): Promise<void> {
    const {clock, test = false} = this.#options
    const flapping = isFlappingAlert(alert, clock.now())
    const late = new Error(`no answer within ${formatDuration(channel.timeoutMs)}`)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(late), channel.timeoutMs)
    let error: string | undefined
    try {
      const notification = notificationOf(alert, {now: clock.now(), flapping, test})
      await channel.deliver(notification, AbortSignal.any([deadline.signal, this.#abort.signal]))
    } catch (thrown) {
      // Given up because we stop: nothing is known, so the next process tries again.
      if (this.#abort.signal.aborted) return
      error = reasonOf(thrown)
    } finally {
      clearTimeout(timer)
    }
    this.#keepNotice(alert, {channel: channel.name, error, flapping})
  }

  #keepNotice(
    notified: Alert,
    attempt: {readonly channel: string; readonly error: string | undefined; readonly flapping: boolean},
  ): void {
    const current = this.#unsaved.get(notified.id) ?? this.#options.alertStore.get(notified.id)
    if (current === undefined) return
    const before = current.deliveries.find(delivery => delivery.channel === attempt.channel)
    const wanted = notified.state === 'resolved' ? 'resolved' : 'firing'
    const delivery = deliveryAfter(before, {...attempt, wanted}, this.#options.clock.now())
    const others = current.deliveries.filter(each => each.channel !== attempt.channel)
    this.#unsaved.set(notified.id, {...current, deliveries: [...others, delivery]})
    this.#save()
  }

  #forget(now: number): void {
    if (now - this.#forgottenAt < FORGET_EVERY_MS) return
    this.#forgottenAt = now
    this.#options.alertStore.forget(now - RESOLVED_KEPT_MS)
  }
}
