import type {Evaluation} from '../rules/evaluation.ts'
import type {IntakeSpec} from './config.ts'
import type {Reported} from './reported.ts'

const HOUR_MS = 3_600_000

/** When it is over by itself; Infinity: only when its sender says so. */
export function resolveAfter({type, mapping, resolveAfter: written}: IntakeSpec): number {
  if (written !== undefined) return written
  return type === 'alertmanager' || mapping?.state !== undefined ? Infinity : HOUR_MS
}

/** Nobody has sent it again for too long. */
export const hasLapsed = (
  {over, at}: Pick<Reported, 'over' | 'at'>,
  spec: IntakeSpec | undefined,
  now: number,
): boolean => spec !== undefined && !over && now - at >= resolveAfter(spec)

/** What a sender says, as a rule would say it. */
export function evaluateReported(reported: Reported, spec: IntakeSpec, now: number): Evaluation {
  const {rule, severity, labels, since, source, summary, count} = reported
  const lapsed = reported.lapsed === true || hasLapsed(reported, spec, now)
  const open = !reported.over && !lapsed
  const times = count > 1 ? ` (${count} times)` : ''
  const ended = lapsed ? `${source} has not sent it again` : `${source} says that it is over`
  return {
    rule,
    severity,
    labels,
    forMs: 0,
    since,
    breach: open ? 'yes' : 'no',
    reason: open ? `${summary}${times}` : ended,
    source,
  }
}
