import {formatMoment} from '../../units/moment.ts'
import {episodeOf} from '../routing/silence.ts'
import {matchesAlert} from '../routing/matcher.ts'
import type {Alert} from '../state.ts'
import type {AutoPolicy} from './config.ts'
import type {AutoRecord} from './record.ts'
import {outcomeWords} from './refuse.ts'

/** What a policy has done about an alert, and why it does nothing more. */
export interface AutoExplanation {
  readonly policy: string
  /** Each run that it started for this time of the alert, oldest first. */
  readonly runs: readonly string[]
  /** Why nothing is started now. */
  readonly why: string
}

/** Undefined: no policy is for the alert. */
export function explainAuto(
  alert: Alert,
  {
    policies,
    record,
    now,
  }: {readonly policies: readonly AutoPolicy[]; readonly record: AutoRecord; readonly now: number},
): AutoExplanation | undefined {
  const policy = policies.find(each => matchesAlert(each, alert))
  if (policy === undefined) return undefined
  const isOf = (each: {readonly alert: string; readonly episode: number}): boolean =>
    each.alert === alert.id && each.episode === episodeOf(alert)
  const attempts = record.attempts.filter(isOf)
  const refusal = record.refusals.find(isOf)
  const runs = attempts.map(attempt => {
    const {number, at, run, ended, runbook, reason} = attempt
    const what = `${number} ${runbook.name} ${formatMoment(at, now)}`
    if (ended !== undefined) return `${what}: ${outcomeWords(attempt)}`
    if (run !== undefined) return `${what}: run ${run} is under way`
    return `${what}: ${reason === undefined ? 'being started' : `not started yet: ${reason}`}`
  })
  return {policy: policy.name, runs, why: whyNot(alert, refusal, attempts.length)}
}

function whyNot(alert: Alert, refusal: AutoRecord['refusals'][number] | undefined, runs: number): string {
  if (refusal !== undefined)
    return refusal.gaveUp ? `gave up: ${refusal.words}` : `nothing is started: ${refusal.words}`
  if (alert.source !== undefined) return 'nothing is started for what others tell of'
  if (alert.state !== 'firing') return `nothing is started while it is ${alert.state}`
  return runs === 0 ? 'an agent starts it when its time has come' : ''
}
