import {formatDuration} from '../../units/duration.ts'
import {formatMoment} from '../../units/moment.ts'
import {episodeOf} from '../routing/silence.ts'
import type {RunbookTemplate} from '../rules/rule.ts'
import type {Alert} from '../state.ts'
import type {AutoPolicy} from './config.ts'
import {type Attempt, isUnderWay, type Refusal} from './record.ts'

/** What a policy is judged by for one alert that fires. */
export interface AutoCase {
  readonly policy: AutoPolicy
  readonly alert: Alert
  readonly attempts: readonly Attempt[]
  /** How many targets have an open alert of this policy. */
  readonly targets: number
  /** The environment is protected. */
  readonly guarded: boolean
  readonly now: number
}

type Reason = Pick<Refusal, 'reason' | 'words'> & {readonly gaveUp?: true}
type Stage = (given: AutoCase) => Reason | undefined

/** In order; the first is the reason. */
const STAGES: readonly Stage[] = [
  ({guarded, policy, alert}) =>
    guarded && policy.environments?.includes(alert.environment) !== true
      ? {reason: 'protected', words: `${alert.environment} is protected, and the policy does not name it`}
      : undefined,
  given => (runbookOf(given) === undefined ? {reason: 'no runbook', words: 'the alert has no runbook'} : undefined),
  ({alert: {acknowledged}}) =>
    acknowledged && {reason: 'acknowledged', words: `acknowledged by ${acknowledged.by}, who has it in hand`},
  lost,
  usedUp,
  overBudget,
  ({alert: {routing}}) => routing?.hold && {reason: 'held', words: routing.hold.words},
  ({targets, policy: {mostTargets}}) =>
    targets > mostTargets
      ? {reason: 'too many targets', words: `${targets} targets have such an alert, and ${mostTargets} is the most`}
      : undefined,
  coolingDown,
  ({attempts, policy}) =>
    attempts.filter(each => each.policy === policy.name && isUnderWay(each)).length >= policy.atOnce
      ? {reason: 'at once', words: `${policy.atOnce} at once, and so many are under way`}
      : undefined,
]

/** Undefined: nothing speaks against a run now. */
export function refuseAuto(given: AutoCase): Refusal | undefined {
  for (const stage of STAGES) {
    const found = stage(given)
    if (found === undefined) continue
    const {policy, alert, now} = given
    const {id, environment, target, severity} = alert
    const of = {policy: policy.name, alert: id, episode: episodeOf(alert), environment, target, severity}
    return {...of, reason: found.reason, words: found.words, gaveUp: found.gaveUp === true, at: now}
  }
  return undefined
}

export const runbookOf = ({policy, alert}: Pick<AutoCase, 'policy' | 'alert'>): RunbookTemplate | undefined =>
  policy.runbook ?? alert.runbook

const ofAlert = ({attempts, alert}: AutoCase): readonly Attempt[] => attempts.filter(each => each.alert === alert.id)
const ofEpisode = (given: AutoCase): readonly Attempt[] =>
  ofAlert(given).filter(({episode}) => episode === episodeOf(given.alert))

function lost(given: AutoCase): Reason | undefined {
  const last = ofEpisode(given).at(-1)
  if (last?.ended?.outcome !== 'lost') return undefined
  return {reason: 'lost', words: `run ${last.run} is lost: its runner is gone`, gaveUp: true}
}

function usedUp(given: AutoCase): Reason | undefined {
  const {policy, now} = given
  const used = ofEpisode(given)
  if (used.length < policy.attempts) return undefined
  return {reason: 'attempts', words: usedWords(used, 'and it still fires', now), gaveUp: true}
}

function overBudget(given: AutoCase): Reason | undefined {
  const {policy, now} = given
  const {runs, within} = policy.budget
  const used = ofAlert(given).filter(({at}) => at > now - within)
  if (used.length < runs) return undefined
  return {reason: 'budget', words: usedWords(used, `within ${formatDuration(within)}`, now), gaveUp: true}
}

function coolingDown(given: AutoCase): Reason | undefined {
  const {policy, now} = given
  const last = ofAlert(given).findLast(({ended}) => ended !== undefined)
  const until = (last?.ended?.at ?? -Infinity) + policy.coolDown
  return now < until ? {reason: 'cool-down', words: `cool-down until ${formatMoment(until, now)}`} : undefined
}

/** `2 of 2 runs are used and it still fires, the last 20261127-… ended failed 03:20` */
function usedWords(used: readonly Attempt[], why: string, now: number): string {
  const last = used.at(-1)
  const runs = used.length === 1 ? '1 run is used' : `${used.length} runs are used`
  const outcome = last?.ended === undefined ? '' : `: ${outcomeWords(last)} ${formatMoment(last.ended.at, now)}`
  return `${runs} ${why}${outcome}`
}

/** What became of an attempt. */
export const outcomeWords = ({run, ended, reason}: Attempt): string =>
  run === undefined ? `not started: ${reason ?? 'not in time'}` : `run ${run} ended ${ended?.outcome}`
