import {severityOf} from '../alertmanagers/rows.ts'
import {hasLapsed} from './evaluate-reported.ts'
import {alertId} from '../state.ts'
import type {IntakeSpec} from './config.ts'
import {markOf} from './mark.ts'
import type {Reported, ReportedStore} from './reported.ts'
import {type SentAlert, textOf} from './sent.ts'

/** Open at once of one sender: what is more is a mistake or an attack, and nobody reads it. */
export const MOST_OPEN = 500
const MOST_LABELS = 24

export interface AcceptFacts {
  readonly spec: IntakeSpec
  readonly environments: readonly string[]
  /** Escapes and redacts. */
  readonly clean: (text: string) => string
  readonly now: number
}

export interface Accepted {
  readonly reported: readonly Reported[]
  /** Alerts beyond those that may be open. */
  readonly refused: number
}

/** What was sent as alerts of ours: the same one again is the same alert, and the end of one that nobody knows is nothing. */
export function acceptSent(
  sent: readonly SentAlert[],
  store: Pick<ReportedStore, 'get' | 'openCount'>,
  facts: AcceptFacts,
): Accepted {
  const room = MOST_OPEN - store.openCount(facts.spec.name)
  const reported = new Map<string, Reported>()
  let opened = 0
  let refused = 0
  for (const each of sent) {
    const next = reportedOf(each, facts)
    const kept = reported.get(next.id) ?? store.get(next.id)
    const before = kept && hasLapsed(kept, facts.spec, facts.now) ? {...kept, over: true} : kept
    if (before === undefined && next.over) continue
    const opens = (before === undefined || before.over) && !next.over
    if (opens && opened >= room) {
      refused += 1
      continue
    }
    if (opens) opened += 1
    reported.set(next.id, opens || before === undefined ? next : again(before, next))
  }
  return {reported: [...reported.values()], refused}
}

/** One that has begun keeps its beginning. An end that comes a second time is the first one. */
const again = (before: Reported, next: Reported): Reported =>
  before.over ? before : {...next, since: before.since, count: before.count + 1}

function reportedOf(sent: SentAlert, {spec, environments, clean, now}: AcceptFacts): Reported {
  const text = (value: string, most: number): string => clean(value.slice(0, most * 4)).slice(0, most)
  const labels = labelsOf(sent.labels, text)
  const {environment: named} = labels
  const environment =
    named !== undefined && environments.includes(named) ? named : (spec.environment ?? environments[0] ?? '')
  const name = `${text(sent.subject, 80).replaceAll('/', '_')}~${markOf(sent.key)}`
  const rule = text(sent.rule, 80)
  const target = `${spec.name}/${environment}/${name}` as const
  return {
    id: alertId(rule, target),
    source: spec.name,
    rule,
    target,
    environment,
    name,
    severity: sent.severity === undefined ? spec.severity : severityOf(sent.severity),
    summary: text(sent.summary, 300),
    labels,
    // A beginning to come is none: the sender's clock is ahead.
    since: Math.min(sent.since ?? now, now),
    at: now,
    count: 1,
    over: sent.over,
  }
}

function labelsOf(
  labels: SentAlert['labels'],
  text: (value: string, most: number) => string,
): Readonly<Record<string, string>> {
  const pairs = Object.entries(labels).flatMap(([name, value]) => {
    const said = textOf(value)
    return said === undefined || name === '__proto__' ? [] : [[text(name, 60), text(said, 200)] as const]
  })
  return Object.fromEntries(pairs.slice(0, MOST_LABELS))
}
