import {formatAge} from '../../units/duration.ts'
import {formatMoment} from '../../units/moment.ts'
import {activeNote, ENDED_SHOWN_MS, type SilenceRow} from '../routing/silences.ts'
import {labelWords} from '../label-words.ts'
import type {AlertRow} from '../rows.ts'
import type {Severity} from '../severity.ts'
import type {AlertmanagerSpec} from './config.ts'
import {matchersText} from './matchers.ts'
import type {Reading, TheirAlert, TheirSilence} from './reading.ts'

/** What Alertmanagers say, at one moment, for those who show it. */
export interface Theirs {
  readonly specs: readonly AlertmanagerSpec[]
  readonly readings: readonly Reading[]
  readonly environments: readonly string[]
  readonly now: number
}

/** What an acknowledgement of ours begins with there: it is a silence like any other. */
export const ACKNOWLEDGED = 'acknowledged'
const CRITICAL = /^(critical|crit|page|emergency|fatal|error|high|p1|1)$/i
const INFO = /^(info|informational|none|low|notice|debug|p[45])$/i

/** Older than two intervals, what it said is not what is. */
const isStale = ({at, problem}: Reading, {interval, timeout}: AlertmanagerSpec, now: number): boolean =>
  at === undefined || (problem !== undefined && now - at > interval) || now - at > 2 * interval + timeout + 1_000

const readingOf = ({readings}: Theirs, {name}: AlertmanagerSpec): Reading | undefined =>
  readings.find(({source}) => source === name)

/** What is an alert of ours already: one that we sent there, or one that was posted to our intake from there. */
export type IsOurs = (alert: TheirAlert, environment: string) => boolean

/** Their alerts as rows beside ours, without those that are shown already. One that does not answer is a row. */
export function theirRows(theirs: Theirs, isOurs: IsOurs): readonly AlertRow[] {
  return theirs.specs.flatMap(spec => {
    const reading = readingOf(theirs, spec)
    const stale = reading === undefined || isStale(reading, spec, theirs.now)
    const rows = (reading?.alerts ?? [])
      .filter(alert => !isOurs(alert, environmentOf(alert.labels, spec, theirs)))
      .map(alert =>
        rowOf(alert, {spec, silences: reading?.silences ?? [], theirs, asOf: stale ? reading?.at : undefined}),
      )
    return stale ? [noDataRow(spec, reading, theirs), ...rows] : rows
  })
}

export const theirAlertId = (
  source: string,
  {labels, fingerprint}: Pick<TheirAlert, 'labels' | 'fingerprint'>,
): string => `${source}:${(labels['alertname'] ?? 'alert').replaceAll(/\s+/g, '-')}:${fingerprint}`

interface RowFacts {
  readonly spec: AlertmanagerSpec
  readonly silences: readonly TheirSilence[]
  readonly theirs: Theirs
  /** Since when nothing new was heard. */
  readonly asOf: number | undefined
}

function rowOf(alert: TheirAlert, {spec, silences, theirs, asOf}: RowFacts): AlertRow {
  const {labels, annotations, startsAt} = alert
  const environment = environmentOf(labels, spec, theirs)
  const said =
    annotations['summary'] ?? annotations['description'] ?? annotations['message'] ?? labelWords(withoutName(labels))
  const summary = asOf === undefined ? said : `as of ${formatMoment(asOf, theirs.now)}: ${said}`
  const silence = silences.find(({id}) => alert.silencedBy.includes(id))
  return {
    id: theirAlertId(spec.name, alert),
    source: spec.name,
    rule: labels['alertname'] ?? 'alert',
    labels: withoutName(labels),
    severity: severityOf(labels['severity'] ?? labels['priority']),
    target: `${spec.name}/${environment}/${subjectOf(labels)}`,
    environment,
    state: 'firing',
    summary,
    reason: annotations['description'],
    since: startsAt,
    firedAt: startsAt,
    resolvedAt: undefined,
    acknowledged: silence?.comment.startsWith(ACKNOWLEDGED)
      ? {
          by: silence.createdBy,
          at: silence.startsAt,
          note: silence.comment.slice(ACKNOWLEDGED.length).replace(/^: /, ''),
        }
      : undefined,
    runbook: undefined,
    deliveries: alert.receivers.map(channel => ({
      channel,
      state: heldWords(alert, silence, theirs.now) ?? `handed to ${spec.name}`,
      at: startsAt,
    })),
  }
}

function heldWords(alert: TheirAlert, silence: TheirSilence | undefined, now: number): string | undefined {
  if (silence)
    return `suppressed: silenced by ${silence.createdBy} until ${formatMoment(silence.endsAt, now)}: ${silence.comment}`
  if (alert.silencedBy.length > 0) return 'suppressed: silenced there'
  return alert.inhibitedBy.length > 0 ? `suppressed: another alert inhibits it` : undefined
}

/** Nothing heard is not nothing wrong. */
function noDataRow(spec: AlertmanagerSpec, reading: Reading | undefined, theirs: Theirs): AlertRow {
  const environment = environmentOf({}, spec, theirs)
  const {at, problem = 'nobody has read it yet', alerts = []} = reading ?? {}
  const known = at === undefined ? '' : `; it last answered ${formatAge(at, theirs.now)}, with ${alerts.length} alerts`
  return {
    id: noDataId(spec.name),
    source: spec.name,
    rule: 'no data',
    severity: 'warning',
    target: `alertmanager/${environment}/${spec.name}`,
    environment,
    state: 'firing',
    summary: `no data: ${problem}${known}`,
    since: at ?? reading?.triedAt ?? theirs.now,
    firedAt: at ?? reading?.triedAt ?? theirs.now,
    resolvedAt: undefined,
    acknowledged: undefined,
    runbook: undefined,
    deliveries: [],
  }
}

const noDataId = (source: string): string => `${source}:no-data`

/** A row that is no alert of theirs: nothing can be done about it there. */
export const isNoDataId = (id: string): boolean => id.endsWith(':no-data')

/** What must be known of a source besides its alerts. */
export function theirNotices(theirs: Theirs): readonly {readonly level: 'info' | 'warning'; readonly text: string}[] {
  return theirs.specs.flatMap(spec => {
    const reading = readingOf(theirs, spec)
    if (reading === undefined || reading.at === undefined) return []
    const {unreadable, more, silencesProblem} = reading
    return [
      unreadable > 0 ? `${unreadable} of its entries could not be read` : '',
      more > 0 ? `${more} more alerts are not shown` : '',
      silencesProblem === undefined ? '' : `its silences cannot be read: ${silencesProblem}`,
    ].flatMap(text => (text === '' ? [] : [{level: 'warning' as const, text: `${spec.name}: ${text}`}]))
  })
}

/** Their silences as rows beside ours. */
export function theirSilenceRows(theirs: Theirs): readonly (SilenceRow & {readonly source: string})[] {
  return theirs.specs.flatMap(spec => {
    const reading = readingOf(theirs, spec)
    const shown = (reading?.silences ?? []).filter(
      ({state, endsAt}) => state !== 'expired' || endsAt > theirs.now - ENDED_SHOWN_MS,
    )
    return shown.map(silence => {
      const alerts = (reading?.alerts ?? []).filter(({silencedBy}) => silencedBy.includes(silence.id))
      const over = silence.state === 'expired'
      const note = over ? 'ended' : noteOf(silence, alerts.length, theirs.now)
      return {
        source: spec.name,
        id: silence.id,
        matcher: {},
        author: silence.createdBy,
        reason: silence.comment,
        createdAt: silence.startsAt,
        endsAt: silence.endsAt,
        state: over ? 'ended' : 'active',
        what: matchersText(silence.matchers),
        matches: over ? [] : alerts.map(alert => theirAlertId(spec.name, alert)),
        note: reading && isStale(reading, spec, theirs.now) ? [note, 'no data'].filter(Boolean).join(', ') : note,
      }
    })
  })
}

const noteOf = ({state, startsAt, endsAt}: TheirSilence, matches: number, now: number): string =>
  state === 'pending' ? `begins ${formatMoment(startsAt, now)}` : activeNote(matches, endsAt, now)

function environmentOf(labels: TheirAlert['labels'], {environment}: AlertmanagerSpec, {environments}: Theirs): string {
  const named = labels['environment'] ?? labels['env']
  return named !== undefined && environments.includes(named) ? named : (environment ?? environments[0] ?? '')
}

/** What an alert is about, as far as labels say it. */
const subjectOf = (labels: TheirAlert['labels']): string =>
  (labels['instance'] ?? labels['name'] ?? labels['service'] ?? labels['pod'] ?? labels['job'] ?? '–').replaceAll(
    '/',
    '_',
  )

/** Its name is its rule. */
function withoutName(labels: TheirAlert['labels']): TheirAlert['labels'] {
  const {alertname: _, ...others} = labels
  return others
}

/** Severities are words that everybody chooses: what is unknown is a warning. */
export function severityOf(word: string | undefined): Severity {
  if (word === undefined) return 'warning'
  return CRITICAL.test(word) ? 'critical' : INFO.test(word) ? 'info' : 'warning'
}
