import {fill} from '../../text/fill.ts'
import {episodeOf} from '../routing/silence.ts'
import {matchesAlert} from '../routing/matcher.ts'
import type {Alert} from '../state.ts'
import type {AutoPolicy} from './config.ts'
import {AUTO_RULE} from './give-ups.ts'
import {type Attempt, type AutoRecord, isPending, isUnderWay, type Refusal} from './record.ts'
import {type AutoCase, refuseAuto, runbookOf} from './refuse.ts'

/** All that is decided by, at one moment. */
export interface AutoWorld {
  readonly policies: readonly AutoPolicy[]
  /** Open alerts, pending ones too. */
  readonly alerts: readonly Alert[]
  /** Environments that are protected. */
  readonly guarded: ReadonlySet<string>
  readonly now: number
}

export interface AutoVerdict {
  /** What is to be kept before anything is started. */
  readonly record: AutoRecord
  /** Attempts that are to be started, or tried again, now. */
  readonly starts: readonly Attempt[]
  /** Refusals that were not known before. */
  readonly refused: readonly Refusal[]
}

/** How long a start is tried that is refused or fails. */
const START_WITHIN_MS = 600_000
/** What was given up stays so long after its end, so that the end is told. */
const OVER_KEPT_MS = 7_200_000
const ATTEMPTS_KEPT_MS = 31 * 86_400_000
const MOST_ATTEMPTS_KEPT = 500

/** What is to be done about alerts that fire, by the policies. */
export function decideAuto(world: AutoWorld, record: AutoRecord): AutoVerdict {
  const {now} = world
  const cases = casesOf(world)
  const caseOf = (attempt: Attempt): Omit<AutoCase, 'attempts'> | undefined =>
    cases.find(({alert}) => alert.id === attempt.alert && episodeOf(alert) === attempt.episode)
  const attempts = record.attempts.flatMap(each => stillWanted(each, caseOf(each), now))
  const refusals: Refusal[] = []
  for (const each of cases) {
    const {alert, policy} = each
    if (attempts.some(other => other.target === alert.target && isUnderWay(other))) continue
    if (now - (alert.firedAt ?? now) < policy.after) continue
    const given = {...each, attempts}
    if (hasTimeToHelp(given)) continue
    const refusal = refuseAuto(given)
    if (refusal === undefined) attempts.push(newAttempt(given))
    else refusals.push(refusal)
  }
  const known = new Map(record.refusals.map(each => [keyOf(each), each]))
  const kept = refusals.map(each => ({...each, at: known.get(keyOf(each))?.at ?? each.at}))
  const still = new Set(kept.map(keyOf))
  const ended = record.refusals.filter(each => each.gaveUp && !still.has(keyOf(each)))
  return {
    record: {
      attempts: attempts.filter(({at}) => at > now - ATTEMPTS_KEPT_MS).slice(-MOST_ATTEMPTS_KEPT),
      refusals: kept,
      over: [...record.over, ...ended.map(each => ({...each, endedAt: now}))].filter(
        ({endedAt}) => endedAt > now - OVER_KEPT_MS,
      ),
    },
    starts: attempts.filter(each => isPending(each) && now >= each.nextTryAt),
    refused: kept.filter(each => !known.has(keyOf(each))),
  }
}

const keyOf = ({policy, alert, episode, reason}: Refusal): string => JSON.stringify([policy, alert, episode, reason])

/** Alerts of our own rules that fire and have a policy, the oldest first. */
function casesOf({policies, alerts, guarded, now}: AutoWorld): readonly Omit<AutoCase, 'attempts'>[] {
  const placed = alerts
    .filter(({source, rule}) => source === undefined && rule !== AUTO_RULE)
    .flatMap(alert => {
      const policy = policies.find(each => matchesAlert(each, alert))
      return policy === undefined ? [] : [{policy, alert}]
    })
  const targets = (policy: AutoPolicy): number =>
    new Set(placed.filter(each => each.policy === policy).map(({alert}) => alert.target)).size
  return placed
    .filter(({alert}) => alert.state === 'firing' && alert.relievedAt === undefined)
    .toSorted((one, other) => (one.alert.firedAt ?? 0) - (other.alert.firedAt ?? 0))
    .map(({policy, alert}) => ({
      policy,
      alert,
      targets: targets(policy),
      guarded: guarded.has(alert.environment),
      now,
    }))
}

/** What was not started yet is dropped when nothing calls for it any more, unless somebody may be starting it just now. */
function stillWanted(attempt: Attempt, given: Omit<AutoCase, 'attempts'> | undefined, now: number): readonly Attempt[] {
  if (!isPending(attempt)) return [attempt]
  const mayBeStarting = attempt.owner !== undefined && now < attempt.nextTryAt
  const wanted = given !== undefined && refuseAuto({...given, attempts: []}) === undefined
  if (!wanted && !mayBeStarting) return []
  return [now > attempt.deadline ? {...attempt, ended: {at: now, outcome: 'not started'}} : attempt]
}

/** A run that ended well is given the cool-down. */
function hasTimeToHelp({attempts, alert, policy, now}: AutoCase): boolean {
  const ended = attempts.findLast(each => each.alert === alert.id && each.episode === episodeOf(alert))?.ended
  return ended?.outcome === 'done' && now - ended.at < policy.coolDown
}

function newAttempt(given: AutoCase): Attempt {
  const {policy, alert, attempts, now} = given
  const episode = episodeOf(alert)
  const used = attempts.filter(each => each.alert === alert.id && each.episode === episode).length
  const {name, params} = runbookOf(given) ?? {name: '', params: {}}
  return {
    id: `${alert.id} ${episode} ${used + 1}`,
    policy: policy.name,
    alert: alert.id,
    episode,
    environment: alert.environment,
    target: alert.target,
    runbook: {name, params: filledFor(alert, params)},
    number: `${used + 1} of ${policy.attempts}`,
    at: now,
    deadline: now + START_WITHIN_MS,
    nextTryAt: now,
  }
}

const filledFor = (
  {name, target, environment}: Alert,
  params: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const values = {name, kind: target.slice(0, target.indexOf('/')), environment, target}
  return Object.fromEntries(Object.entries(params).map(([key, text]) => [key, fill(text, values)]))
}
