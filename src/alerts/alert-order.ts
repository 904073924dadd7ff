import type {AlertRow} from './rows.ts'

const STATES = ['firing', 'pending', 'resolved'] as const
const SEVERITIES = ['critical', 'warning', 'info'] as const

type Ordered = Pick<AlertRow, 'id' | 'state' | 'severity' | 'since' | 'resolvedAt' | 'acknowledged'>

/**
 * Firing before pending, the worst first, unacknowledged before acknowledged, the newest first; then what is over, the
 * last to end first, however bad it was.
 */
export function byUrgency(a: Ordered, b: Ordered): number {
  const bothOver = a.state === 'resolved' && b.state === 'resolved'
  return (
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    (bothOver ? 0 : badness(a) - badness(b)) ||
    (b.resolvedAt ?? b.since) - (a.resolvedAt ?? a.since) ||
    (a.id < b.id ? -1 : 1)
  )
}

const badness = ({severity, acknowledged}: Ordered): number =>
  SEVERITIES.indexOf(severity) * 2 + (acknowledged === undefined ? 0 : 1)
