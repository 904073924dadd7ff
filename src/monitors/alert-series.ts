import type {AlertRow} from '../alerts/rows.ts'
import {figureOf} from '../alerts/rules/figure.ts'
import {type RulesConfig, rulesFor} from '../alerts/rules/rule-list.ts'
import {subjectOf} from './alert-target.ts'
import {figureSeries} from './figure-series.ts'
import type {History} from './history.ts'
import type {InMaintenance} from './objectives/spent.ts'
import {openPast} from './past.ts'
import type {Target} from './sample.ts'
import type {RangeName, Series} from './series.ts'

export interface AlertSeriesFrom {
  readonly history: Pick<History, 'points' | 'rollups' | 'lookUp'>
  readonly rules: () => RulesConfig
  /** Everything that is watched; asked when the alert was probed again. */
  readonly targets: () => readonly Target[]
  /** As the configuration and those who started one by hand say now. */
  readonly maintenance: () => InMaintenance
}

interface Asked {
  readonly range: RangeName
  readonly now: number
  /** An answer of its target that is slower than this is degraded. */
  readonly degradedAboveMs?: number | undefined
}

/** The figure that the rule of an alert judges, over time. What was read last stays until its target is probed again. */
export function alertSeriesReader(from: AlertSeriesFrom): (alert: AlertRow, asked: Asked) => Series {
  let last: {readonly wanted: string; readonly series: Series} | undefined
  return (alert, asked) => {
    const probedAt = from.history.lookUp().get(alert.target as Target['id'])?.sample?.at
    const wanted = `${alert.id} ${asked.range} ${probedAt} ${asked.degradedAboveMs}`
    if (last?.wanted !== wanted) last = {wanted, series: alertSeries(alert, from, asked)}
    return last.series
  }
}

function alertSeries(alert: AlertRow, from: AlertSeriesFrom, {range, now, degradedAboveMs}: Asked): Series {
  const none = (missing: string): Series => ({values: [], at: now, stepMs: 1, missing})
  if (alert.source !== undefined) return none(`${alert.source} judges it; its figure is not kept here.`)
  const target = from.targets().find(({id}) => id === alert.target)
  if (target === undefined) return none('It is not watched any more.')
  const rule = rulesFor(from.rules(), {...target, target: target.id}).find(({name}) => name === alert.rule)
  if (rule === undefined) return none('Its rule does not apply to it any more.')
  const {history} = from
  const inMaintenance = from.maintenance()
  const subject = subjectOf(target, history.lookUp().get(target.id), {
    now,
    watchedSince: 0,
    past: openPast(history)(target.id),
  })
  const judged = figureOf(rule.when, {target: subject, now, degradedAboveMs})
  if ('missing' in judged) return none(judged.missing)
  return figureSeries(
    judged.figure,
    judged.source,
    {history, target: target.id, objective: target.objective, inMaintenance: at => inMaintenance(target.id, at)},
    {range, now, intervalMs: target.intervalMs},
  )
}
