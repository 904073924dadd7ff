import type {TargetId} from '../monitors/sample.ts'
import type {AuditEntry} from '../audit/record.ts'
import type {Clock} from '../units/clock.ts'
import {quietly} from '../units/quietly.ts'
import type {AlertStore} from './alert-store.ts'
import type {AlertmanagerWatch} from './alertmanagers/watch.ts'
import type {AlertTarget} from './alert-target.ts'
import type {Channel} from './channels/channel.ts'
import type {AlertsConfig} from './config.ts'
import type {Deliverer} from './deliverer.ts'
import {createDeliverer} from './deliverer.ts'
import type {Attempt} from './delivery.ts'
import {deliveryAfter, deliveryBegun, deliveryHeld, GIVE_UP_AFTER_MS} from './delivery.ts'
import type {NotificationCount} from './notification-counts.ts'
import {notificationCounts} from './notification-counts.ts'
import {type Decision, decideNotifications} from './notify.ts'
import type {Reports} from './intake/reports.ts'
import {redateAlert} from './redate.ts'
import {openRules, type Rules} from './rules/evaluate.ts'
import type {Dependencies} from './routing/causes.ts'
import {openRouter, type Router} from './routing/router.ts'
import type {Silence} from './routing/silence.ts'
import {evaluateAll, type TargetOf} from './evaluate-all.ts'
import type {Alert, AlertChange, DeliveryState, Transition} from './state.ts'
import type {AlertEvent, Timelines} from './timeline.ts'
import {newsOf} from './state.ts'
import {deliveryOn, unsureOf} from './sending.ts'

export interface AlertEngineOptions {
  readonly config: Omit<AlertsConfig, 'channels'>
  /** What needs what; left out, nothing does. */
  readonly dependencies?: Dependencies
  /** Silences that may hold now, read at each evaluation. */
  readonly silences?: () => readonly Silence[]
  readonly alertStore: AlertStore
  /** Alertmanagers that are read by whoever watches. */
  readonly theirs?: AlertmanagerWatch | undefined
  /** Where it is kept what happened to alerts, for people. */
  readonly timelines?: Pick<Timelines, 'add' | 'forget'> | undefined
  /** What others tell of. */
  readonly reports?: Reports | undefined
  readonly channels: readonly Channel[]
  readonly clock: Clock
  /** Gets every transition that somebody may be told of, for the audit trail. */
  readonly record: (entry: AuditEntry) => void
  /** Gets every attempt to notify somebody, for the log. */
  readonly onAttempt?: (alert: Pick<Alert, 'id'>, attempt: Attempt) => void
  /** Marks notifications as a rehearsal. */
  readonly test?: boolean
  /** False: another process watches by now, and everything is its to decide. */
  readonly mayAct?: () => boolean
}

export interface AlertEngine {
  /** `all`: there are no targets but these and those that `targetOf` finds. It is asked for causes, and for what has an alert. */
  evaluate(targets: readonly AlertTarget[], now: number, all: boolean, targetOf?: TargetOf): void
  /** Rules and channels of another configuration hold from the next evaluation on. What is known of alerts stays. */
  configure(next: Pick<AlertEngineOptions, 'config' | 'channels' | 'dependencies'>): void
  /** Whether all of a target is in a maintenance then, for its error budget. */
  inMaintenance(target: TargetId, at: number): boolean
  /** The wall clock was set by so much: what is kept is dated anew, so that every duration stays what it was. */
  redate(byMs: number): void
  /** What became of notifications since this process began. */
  counts(): readonly NotificationCount[]
  /** Another process watches by now: deliveries under way are given up, and what was not written yet is forgotten. */
  letGo(): void
  /** Resolves when no delivery is under way. */
  flushed(): Promise<void>
  /** Gives deliveries up that are under way; they are tried again by the next process that watches. */
  stop(): Promise<void>
}

/** An alert that ended longer ago than this, and the group interval, has nothing more to tell. */
const NOTIFIED_WITHIN_MS = GIVE_UP_AFTER_MS + 60_000
/** Resolved alerts are shown this long, then forgotten. */
export const RESOLVED_KEPT_MS = 7 * 86_400_000
const FORGET_EVERY_MS = 3_600_000

export const createAlertEngine = (options: AlertEngineOptions): AlertEngine => new Engine(options)

class Engine implements AlertEngine {
  #options: AlertEngineOptions
  #rules: Rules
  #router: Router
  readonly #deliverer: Deliverer
  readonly #counts = notificationCounts()
  /** Changes that the alertStore does not hold yet; undefined is a removal. */
  readonly #unsaved = new Map<string, Alert | undefined>()
  #forgottenAt = 0

  constructor(options: AlertEngineOptions) {
    this.#options = options
    this.#rules = openRules(options.config)
    this.#router = routerOf(options)
    const {clock, test = false} = options
    this.#deliverer = createDeliverer({
      clock,
      test,
      onBegin: (alerts, channel) => this.#keepBegun(alerts, channel),
      onAttempt: (alert, attempt) => this.#keepAttempt(alert, attempt),
    })
  }

  /** The whole path of an alert, in order: evaluate → keep → audit → route → decide → deliver. */
  evaluate(targets: readonly AlertTarget[], now: number, all: boolean, targetOf: TargetOf = () => undefined): void {
    if (!this.#mayAct()) return
    if (all) this.#options.theirs?.tick(this.#options.config.alertmanagers, now)
    const known = this.#known(now)
    const {reports, config} = this.#options
    const reported = all ? (reports?.evaluations(config.intake, now) ?? []) : []
    const changes = evaluateAll(targets, {known, rules: this.#rules, now, all: all ? {targetOf, reported} : undefined})
    const unkept = this.#keep(changes, known)
    if (unkept !== undefined && !this.#mayAct()) throw unkept
    const unrecorded = this.#audit(changes, known)
    const given = new Map<string, AlertTarget>(targets.map(each => [each.target, each]))
    const unrouted = this.#route(known, id => given.get(id) ?? targetOf(id), now)
    this.#notify([...known.values()].sort(byUrgency), this.#router.turns(known, now), now)
    if (unkept !== undefined) throw unkept
    if (unrouted !== undefined) throw unrouted
    if (unrecorded !== undefined) throw unrecorded
    this.#forget(now)
  }

  configure(next: Pick<AlertEngineOptions, 'config' | 'channels' | 'dependencies'>): void {
    this.#options = {...this.#options, ...next}
    this.#rules = openRules(next.config)
    this.#router = routerOf(this.#options)
  }

  inMaintenance(target: TargetId, at: number): boolean {
    return this.#router.inMaintenance(target, at)
  }

  redate(byMs: number): void {
    const all = this.#known(0)
    for (const [id, alert] of all) this.#unsaved.set(id, redateAlert(alert, byMs))
    const failed = this.#save()
    if (failed !== undefined) throw failed
  }

  counts(): readonly NotificationCount[] {
    return this.#counts.list()
  }

  letGo(): void {
    this.#unsaved.clear()
    this.#deliverer.giveUp()
    this.#options.theirs?.letGo()
  }

  flushed(): Promise<void> {
    return this.#deliverer.flushed()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#deliverer.stop(), this.#options.theirs?.stop()])
  }

  #mayAct(): boolean {
    return this.#options.mayAct?.() ?? true
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
      if (alert === before || isSame(alert, before)) continue
      this.#unsaved.set(id, alert)
      if (alert === undefined) known.delete(id)
      else known.set(id, alert)
    }
    return this.#save()
  }

  /**
   * Writes what is not written yet. While the disk is full it stays here: alerts continue, nobody is notified twice, and the
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

  /** An audit log that cannot be written keeps nobody from being notified; the error is returned. */
  #audit(changes: ReadonlyMap<string, AlertChange>, known: ReadonlyMap<string, Alert>): unknown {
    let failed: unknown
    for (const [id, {alert, transition}] of changes) {
      if (transition === undefined || isUntold(transition)) continue
      this.#note({alert: id, kind: 'state', text: `${transition.to}: ${transition.reason}`})
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

  /** Finds out why nobody is to be notified, and remembers it. Returns the error when it cannot be written. */
  #route(known: Map<string, Alert>, targetOf: TargetOf, now: number): unknown {
    for (const alert of this.#router.route(known, targetOf, now)) {
      known.set(alert.id, alert)
      this.#unsaved.set(alert.id, alert)
    }
    return this.#save()
  }

  #notify(alerts: readonly Alert[], turnOf: ReturnType<Router['turns']>, now: number): void {
    const {channels, config} = this.#options
    const together = new Map<
      string,
      {readonly sent: Alert[]; readonly channel: Channel; readonly fallbackFor: string | undefined}
    >()
    for (const alert of alerts)
      for (const decision of decideNotifications(alert, channels, {
        groupIntervalMs: config.groupInterval,
        repeatIntervalMs: config.repeatInterval,
        now,
        turnOf,
        intake: config.intake,
      })) {
        const channel = channels.find(each => each.name === decision.channel)
        if (channel === undefined) continue
        if (!decision.deliver) {
          this.#keepHeld(alert, decision, now)
          continue
        }
        const {news, fallbackFor} = decision
        // What may have arrived is sent again as it was, so that its receiver knows it.
        const unsure = unsureOf(alert, channel.name)?.at
        const key = JSON.stringify([channel.name, news, fallbackFor, this.#router.group(alert), unsure])
        const group = together.get(key) ?? {sent: [], channel, fallbackFor}
        group.sent.push(alert)
        together.set(key, group)
      }
    for (const {sent, channel, fallbackFor} of together.values()) {
      const held = this.#deliverer.send(sent, channel, fallbackFor)
      const decision = {channel: channel.name, deliver: false, reason: held?.reason ?? '', held} as const
      if (held) for (const alert of sent) this.#keepHeld(alert, decision, now)
    }
  }

  #keepHeld(alert: Alert, {channel, reason, held}: Extract<Decision, {readonly deliver: false}>, now: number): void {
    const before = alert.deliveries.find(each => each.channel === channel)
    if (reason === 'next attempt' && before?.held === undefined) return
    const delivery = held || before ? deliveryHeld(before, {channel, wanted: newsOf(alert), held}, now) : undefined
    if (delivery === undefined) return
    if (held) this.#counts.add(channel, held.kind, held.reason)
    if (held) this.#note({alert: alert.id, kind: held.kind, channel, text: held.words})
    this.#setDelivery(alert.id, channel, () => delivery)
    this.#save()
  }

  #keepBegun(alerts: readonly Alert[], channel: string): void {
    const now = this.#options.clock.now()
    for (const alert of alerts)
      this.#setDelivery(alert.id, channel, before => deliveryBegun(before, {channel, wanted: newsOf(alert)}, now))
    this.#save()
  }

  #keepAttempt(notified: Alert, attempt: Attempt): void {
    const {channel, error, wanted, again = false} = attempt
    this.#options.onAttempt?.(notified, attempt)
    this.#counts.add(channel, error === undefined ? 'sent' : 'failed', error === undefined ? wanted : 'attempt failed')
    if (!this.#mayAct()) return
    this.#note({
      alert: notified.id,
      kind: error === undefined ? 'sent' : 'failed',
      channel,
      text: `${error ?? wanted}${again ? SENT_AGAIN : ''}`,
    })
    const {config, clock} = this.#options
    this.#setDelivery(notified.id, channel, before => deliveryAfter(before, attempt, config.groupInterval, clock.now()))
    this.#save()
  }

  #setDelivery(id: string, channel: string, next: (before: DeliveryState | undefined) => DeliveryState): void {
    const current = this.#unsaved.get(id) ?? this.#options.alertStore.get(id)
    if (current === undefined) return
    const others = current.deliveries.filter(each => each.channel !== channel)
    this.#unsaved.set(id, {...current, deliveries: [...others, next(deliveryOn(current, channel))]})
  }

  /** What cannot be noted keeps nobody from being notified: that the store takes nothing is known by then. */
  #note(event: Omit<AlertEvent, 'at'>): void {
    quietly(() => this.#options.timelines?.add({...event, at: this.#options.clock.now()}))
  }

  #forget(now: number): void {
    if (now - this.#forgottenAt < FORGET_EVERY_MS) return
    this.#forgottenAt = now
    this.#options.alertStore.forget(now - RESOLVED_KEPT_MS)
    this.#options.timelines?.forget(now - RESOLVED_KEPT_MS)
  }
}

/** Nothing differs that is shown, told or needed after a restart. */
const isSame = (one: Alert | undefined, other: Alert | undefined): boolean =>
  one?.state === other?.state &&
  one?.summary === other?.summary &&
  one?.severity === other?.severity &&
  one?.since === other?.since &&
  one?.relievedAt === other?.relievedAt

const routerOf = ({config, dependencies = new Map(), silences = () => []}: AlertEngineOptions): Router =>
  openRouter({config, dependencies, silences})

/** A probe that failed, and the next one that did not: many thousands a day, and nobody hears of them. */
const isUntold = ({to}: Transition): boolean => to === 'pending' || to === 'cleared'

const SENT_AGAIN = ', sent again: nobody knows whether the attempt before arrived'
const SEVERITIES = ['critical', 'warning', 'info']
const byUrgency = (a: Alert, b: Alert): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.since - b.since
