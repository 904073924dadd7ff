import {byUrgency} from '../../alerts/alert-order.ts'
import {worstIncident} from '../../alerts/incident.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import {fitLine, type Line, lineWidth, span} from '../layout/line.ts'
import {shortAge, shortDuration} from './age.ts'
import {statusWord} from './status-word.ts'
import {targetName} from './target-name.ts'

/** A change that was longer ago did not do it. */
const CHANGED_WITHIN_MS = 3_600_000
const NAMED = 4

/** `cache redis down 2m · affects shop, web · last change: deploy aborted 15s before · 2 opens it`: where to begin. */
export function incidentLine(
  {alerts, runs}: Pick<Snapshot, 'alerts' | 'runs'>,
  {now, width, key}: {readonly now: number; readonly width: number; readonly key: string},
): Line | undefined {
  const incident = worstIncident(alerts.toSorted(byUrgency))
  if (incident === undefined) return undefined
  const {root, symptoms, others} = incident
  const change = changeBefore(runs, root.since)
  const taken = root.acknowledged === undefined ? '' : `, ${root.acknowledged.by} is on it`
  const parts = [
    symptoms.length === 0 ? '' : `affects ${affected(symptoms.map(({target}) => targetName(target)))}`,
    change === undefined ? '' : `last change: ${change}`,
    others === 0 ? '' : `${others} more ${others === 1 ? 'cause' : 'causes'}`,
  ].filter(text => text !== '')
  const what = statusWord(root.severity, `${targetName(root.target)} ${root.rule} ${shortAge(root.since, now)}`)
  // Where to go on is never the part that has no room.
  const opens = [span(' · ', 'dim'), span(`${key} opens them`)]
  const room = width - 1 - lineWidth(opens)
  const known = parts.reduce<Line>(
    (said, text) => {
      const more = [...said, span(' · ', 'dim'), span(text)]
      return lineWidth(more) <= room ? more : said
    },
    [...what, span(taken, 'dim')],
  )
  return fitLine([span(' '), ...known, ...opens], width)
}

/** Names of one kind say their kind once. */
function affected(names: readonly string[]): string {
  const distinct = [...new Set(names.map(name => name.replace(/^service /, '')))]
  const more = distinct.length - NAMED
  return `${distinct.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** The last run that changed something before it began. */
function changeBefore(runs: readonly RunRow[], since: number): string | undefined {
  const before = runs
    .filter(({dryRun, startedAt}) => !dryRun && startedAt <= since && since - startedAt <= CHANGED_WITHIN_MS)
    .toSorted((a, b) => b.startedAt - a.startedAt)[0]
  if (before === undefined) return undefined
  const {runbook, state, startedAt, endedAt} = before
  const at = endedAt !== undefined && endedAt <= since ? endedAt : startedAt
  const word = at === startedAt ? 'began' : state
  return `${runbook} ${word} ${shortDuration(since - at)} before`
}
