import {formatDuration} from '../units/duration.ts'
import {formatShare} from '../units/number.ts'
import type {AlertsConfig} from './config.ts'
import type {RuleName} from './rows.ts'
import type {Severity} from './severity.ts'
import type {Ending} from './news.ts'
import type {AlertTarget} from './alert-target.ts'

export type Thresholds = Pick<AlertsConfig, 'failureThreshold' | 'degradedFor' | 'hitRateBelow'>

/** What one rule says about one target now. */
export interface Evaluation {
  readonly rule: RuleName
  readonly severity: Severity
  /** `unknown`: there is nothing fresh to judge by. It neither raises nor resolves anything. */
  readonly breach: 'yes' | 'no' | 'unknown'
  /** Since when the breach is known to last; undefined: since now. */
  readonly since?: number | undefined
  /** How long a breach is only pending. Infinity: it waits for something other than time. */
  readonly forMs: number
  /** How an alert ends when there is no breach; `resolved` when left out. */
  readonly ending?: Ending
  /** Why the rule says so, one line; the alert's summary while it is a breach. */
  readonly reason: string
}

type Rule = (target: AlertTarget, thresholds: Thresholds, now: number) => Evaluation | undefined

/** All rules, in the order in which they are shown. One that does not apply to a kind of target returns undefined. */
const RULES: readonly Rule[] = [downRule, degradedRule, noDataRule, hitRateRule, backupAgeRule, errorRateRule]

export function evaluateRules(target: AlertTarget, thresholds: Thresholds, now: number): readonly Evaluation[] {
  return RULES.flatMap(rule => rule(target, thresholds, now) ?? [])
}

/** Down after so many consecutive failed probes; fewer are pending. */
function downRule(target: AlertTarget, {failureThreshold: needed}: Thresholds): Evaluation {
  const base = {rule: 'down', severity: 'critical', forMs: target.failures >= needed ? 0 : Infinity} as const
  if (target.state === 'no data') return {...base, breach: 'unknown', reason: 'no data'}
  if (target.state === 'degraded')
    return {...base, breach: 'no', reason: `answers again, but degraded: ${reasonOf(target)}`}
  if (target.state !== 'down') return {...base, breach: 'no', reason: `answers again: ${target.state}`}
  // One that can be read is down for its age alone, which has a rule of its own: one fault, one alert.
  if (target.kind === 'backup' && freshValues(target).rpoMs !== undefined)
    return {...base, breach: 'no', ending: 'superseded', reason: `the catalogue is read: ${reasonOf(target)}`}
  const count = `${target.failures} of ${needed} failed probes`
  const words = target.failures >= needed ? `${target.failures} failed probes in a row` : count
  return {...base, breach: 'yes', since: target.since, reason: `down: ${reasonOf(target)} (${words})`}
}

function degradedRule(target: AlertTarget, thresholds: Thresholds): Evaluation {
  const base = {rule: 'degraded', severity: 'warning', forMs: thresholds.degradedFor} as const
  if (target.state === 'no data') return {...base, breach: 'unknown', reason: 'no data'}
  if (target.state === 'degraded')
    return {...base, breach: 'yes', since: target.since, reason: `degraded: ${reasonOf(target)}`}
  if (target.state === 'up') return {...base, breach: 'no', reason: 'up again'}
  return worseRule(target, thresholds, base)
}

/** The monitor runs, but nothing comes from this target. */
function noDataRule(target: AlertTarget, thresholds: Thresholds, now: number): Evaluation {
  const {unprobed} = target
  const patience = unprobed === undefined ? 0 : 2 * target.intervalMs
  const base = {rule: 'no data', severity: 'warning', forMs: patience} as const
  if (target.state === 'down') return worseRule(target, thresholds, base)
  if (target.state !== 'no data') return {...base, breach: 'no', reason: `data arrives again: ${target.state}`}
  if (now - target.watchedSince <= 2 * target.intervalMs)
    return {...base, breach: 'unknown', reason: 'monitoring has just started'}
  const last = target.sample === undefined ? 'never seen' : `last seen ${target.sample.status}`
  const why = unprobed === undefined ? '' : `could not probe: ${unprobed.reason}; `
  return {...base, breach: 'yes', since: target.since, reason: `no data, ${why}${last}`}
}

/** A target that is down is not better: a lesser alert goes on until the alert that it is down takes its place. */
function worseRule(
  target: AlertTarget,
  {failureThreshold: needed}: Thresholds,
  base: Pick<Evaluation, 'rule' | 'severity' | 'forMs'>,
): Evaluation {
  return target.failures < needed
    ? {...base, breach: 'unknown', reason: 'a failed probe'}
    : {...base, breach: 'no', ending: 'superseded', reason: `it is down now: ${reasonOf(target)}`}
}

/** Of fewer lookups, a hit rate says nothing. */
const ENOUGH_LOOKUPS = 100

/** Only where lookups happen: a cache that nobody asks has no hit rate. Two probes long, because one may be noise. */
function hitRateRule(target: AlertTarget, {hitRateBelow}: Thresholds): Evaluation | undefined {
  if (target.kind !== 'cache') return undefined
  const base = {rule: 'hit rate', severity: 'warning', forMs: 2 * target.intervalMs} as const
  const {hitRate, lookupsPerSecond, lookups = ENOUGH_LOOKUPS} = freshValues(target)
  if (hitRate === undefined || lookupsPerSecond === 0)
    return {...base, breach: 'unknown', reason: 'no lookups to judge by'}
  if (lookups < ENOUGH_LOOKUPS)
    return {...base, breach: 'unknown', reason: `only ${lookups} lookups to judge by, ${ENOUGH_LOOKUPS} are needed`}
  const said = `hit rate ${formatShare(hitRate)}`
  return hitRate < hitRateBelow
    ? {...base, breach: 'yes', reason: `${said}, below ${formatShare(hitRateBelow)}`}
    : {...base, breach: 'no', reason: said}
}

/** The newest good backup is older than its recovery point objective, or there is none. */
function backupAgeRule(target: AlertTarget): Evaluation | undefined {
  if (target.kind !== 'backup') return undefined
  const base = {rule: 'backup age', severity: 'critical', forMs: 0} as const
  const {ageMs, rpoMs} = freshValues(target)
  if (rpoMs === undefined) return {...base, breach: 'unknown', reason: 'no data'}
  if (ageMs === undefined)
    return {...base, breach: 'yes', reason: target.state === 'down' ? reasonOf(target) : 'no good backup'}
  const said = `newest good backup is ${formatDuration(ageMs)} old`
  return ageMs > rpoMs
    ? {...base, breach: 'yes', reason: `${said}, objective ${formatDuration(rpoMs)}`}
    : {...base, breach: 'no', reason: said}
}

/** The share of failed answers that a release gives, where there are answers. */
function errorRateRule(target: AlertTarget): Evaluation | undefined {
  if (target.kind !== 'release') return undefined
  const base = {rule: 'error rate', severity: 'critical', forMs: 2 * target.intervalMs} as const
  const {errorRate, maxErrorRate = 0.05, requestsPerSecond} = freshValues(target)
  if (errorRate === undefined || requestsPerSecond === 0)
    return {...base, breach: 'unknown', reason: 'no requests to judge by'}
  const said = `${formatShare(errorRate)} of the answers are errors`
  return errorRate > maxErrorRate
    ? {...base, breach: 'yes', reason: `${said}, above ${formatShare(maxErrorRate)}`}
    : {...base, breach: 'no', reason: said}
}

/** Measurements count while their sample does. */
function freshValues(target: AlertTarget): Readonly<Record<string, number | undefined>> {
  return target.state === 'no data' ? {} : (target.sample?.values ?? {})
}

const reasonOf = ({sample, flapping}: AlertTarget): string =>
  `${flapping ? 'flapping, ' : ''}${sample?.reason ?? 'unknown'}`
