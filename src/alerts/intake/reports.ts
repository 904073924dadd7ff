import {forgetfulRecords, type Records} from '../../kinds/records.ts'
import {giveUpEvaluations} from '../auto/give-ups.ts'
import {keptAuto} from '../auto/record.ts'
import type {IntakeSpec} from './config.ts'
import {evaluateReported, hasLapsed} from './evaluate-reported.ts'
import type {ReportEvaluation} from './report-evaluation.ts'
import {OVER_KEPT_MS, type ReportedStore} from './reported.ts'

/** What senders say, for whoever watches. */
export interface Reports {
  /** One for each alert that is, or was a short time ago. What its sender has not sent again for too long is over. */
  evaluations(specs: readonly IntakeSpec[], now: number): readonly ReportEvaluation[]
}

/** `records`: where it is kept what alerts started; a policy that has given up is told as if somebody had sent it. */
export const openReports = (store: ReportedStore, records: Pick<Records, 'read'> = forgetfulRecords()): Reports => ({
  evaluations: (specs, now) => [...reported(store, specs, now), ...giveUpEvaluations(keptAuto(records))],
})

function reported(store: ReportedStore, specs: readonly IntakeSpec[], now: number): readonly ReportEvaluation[] {
  if (specs.length === 0) return []
  const known = new Map(specs.map(spec => [spec.name, spec]))
  store.forget(now - OVER_KEPT_MS)
  const all = store.since(now - OVER_KEPT_MS)
  const lapsed = all.filter(each => hasLapsed(each, known.get(each.source), now))
  const evaluations = all.flatMap(each => {
    const spec = known.get(each.source)
    return spec === undefined ? [] : [{target: each, evaluation: evaluateReported(each, spec, now)}]
  })
  if (lapsed.length > 0) store.save(lapsed.map(each => ({...each, at: now, over: true, lapsed: true})))
  return evaluations
}
