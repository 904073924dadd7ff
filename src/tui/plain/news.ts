import {nameWith} from '../../identity/named.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import {shortAge, shownState} from '../components/age.ts'
import {targetName} from '../components/target-name.ts'
import {isActive} from '../panes/runs.ts'

/** An alert: its state, what it is about, what is wrong, since when, who has it. */
export function alertWords(row: AlertRow, now: number): string {
  const state = row.state === 'firing' ? `firing ${row.severity}` : (row.ending ?? row.state)
  const since = row.state === 'resolved' ? row.resolvedAt : row.since
  const by = row.acknowledged ? `, acknowledged by ${row.acknowledged.by}` : ''
  const age = shortAge(since, now)
  const when = row.state === 'resolved' ? (age === 'now' ? 'just now' : `${age} ago`) : `for ${age}`
  return `${state}, ${targetName(row.target)}, ${row.summary}, ${when}${by}`
}

/** A run that is not over: its state, what it is, who started it, where it stands. */
export function activeRunWords(row: RunRow): string {
  const state = row.state === 'waiting' ? 'waiting for an answer' : row.state
  const step = `step ${Math.min(row.stepIndex + 1, row.stepCount)} of ${row.stepCount}: ${row.stepTitle}`
  return `${state}, ${row.runbook}${row.dryRun ? ', dry run' : ''}, by ${nameWith(row.actor, row.noLogin)}, ${step}. run opens it`
}

/** More at once is not listened to; the lists have all of it. */
const LONGEST = 10

/** What has changed in the world, one line a thing. `openRun`: a run that tells about itself. */
export function worldNews(
  before: Snapshot,
  after: Snapshot,
  {now, openRun}: {readonly now: number; readonly openRun: string | undefined},
): readonly string[] {
  if (before === after || before.environment.name !== after.environment.name) return []
  const told = [
    ...alertNews(before, after, now),
    ...stateNews(before, after, now),
    ...runsNews(before, after, openRun),
    ...after.notices
      .filter(({text}) => !before.notices.some(each => each.text === text))
      .map(each => `${each.level}: ${each.text}`),
    ...(after.monitor.state === 'nobody' && before.monitor.state !== 'nobody' ? ['not monitored: nobody probes'] : []),
  ]
  return told.length <= LONGEST ? told : [...told.slice(0, LONGEST), `and ${told.length - LONGEST} more changes`]
}

function alertNews(before: Snapshot, after: Snapshot, now: number): readonly string[] {
  return after.alerts.flatMap(row => {
    const was = before.alerts.find(each => each.id === row.id)
    const fires = row.state === 'firing' && was?.state !== 'firing'
    const ends = row.state === 'resolved' && was !== undefined && was.state !== 'resolved'
    const taken = row.acknowledged !== undefined && was !== undefined && was.acknowledged === undefined
    return fires || ends || taken ? [alertWords(row, now)] : []
  })
}

/** Targets whose state is another one; that old values are no longer believed is one as well. */
function stateNews(before: Snapshot, after: Snapshot, now: number): readonly string[] {
  return (['services', 'databases', 'caches', 'releases'] as const).flatMap(kind =>
    after[kind].flatMap(row => {
      const was = before[kind].find(each => each.name === row.name)
      const state = shownState(row, now)
      if (!was || shownState(was, before.at) === state) return []
      return [[state, `${kind.slice(0, -1)} ${row.name}`, row.reason].filter(Boolean).join(', ')]
    }),
  )
}

function runsNews(before: Snapshot, after: Snapshot, openRun: string | undefined): readonly string[] {
  return after.runs.flatMap(row => {
    const was = before.runs.find(each => each.id === row.id)
    if (row.id === openRun || was?.state === row.state) return []
    if (isActive(row)) return [activeRunWords(row)]
    return was ? [`${row.state}, ${row.runbook}, by ${nameWith(row.actor, row.noLogin)}`] : []
  })
}

/** Runs that have begun to wait for an answer: somebody has to hear it at once. */
export const newQuestions = (before: Snapshot, after: Snapshot): readonly RunRow[] =>
  after.runs.filter(row => row.state === 'waiting' && before.runs.find(each => each.id === row.id)?.state !== 'waiting')
