import {formatMoment} from '../../units/moment.ts'
import type {AutoPolicy} from '../auto/config.ts'
import {type AutoExplanation, explainAuto} from '../auto/explain-auto.ts'
import type {AutoRecord} from '../auto/record.ts'
import type {Held} from '../held.ts'
import {withoutNextAttempt} from '../delivery.ts'
import {decideNotifications, type Moment} from '../notify.ts'
import type {AlertRow} from '../rows.ts'
import {TOO_MANY} from '../rate-limit.ts'
import type {Alert} from '../state.ts'
import type {AlertEvent} from '../timeline.ts'
import {type Contacts, escalationBegan, escalationHold, escalationOf, stepAfter} from './escalation.ts'
import {onCallAt} from './on-call.ts'

/** Why somebody was, or was not, notified of an alert. */
export interface Explanation {
  readonly id: string
  readonly state: Alert['state']
  readonly summary: string
  readonly severity: Alert['severity']
  /** The Alertmanager whose alert it is, and which decides who is notified; left out: it is ours. */
  readonly source?: string | undefined
  readonly labels: Readonly<Record<string, string>>
  /** The target that it is put down to. */
  readonly cause: string | undefined
  /** What an agent starts because of it; undefined: no policy is for it. */
  readonly auto: AutoExplanation | undefined
  /** `notified` is left out where somebody else decides it. */
  readonly channels: readonly {readonly channel: string; readonly notified?: boolean; readonly why: string}[]
  /** False: nobody watches, so nothing is sent until somebody does. */
  readonly watched: boolean
  /** What comes when, unless somebody acknowledges; empty: no escalation is for it, or it is over. */
  readonly escalation: readonly EscalationStep[]
  /** Why none of it comes now, such as that somebody has acknowledged; undefined: it goes on. */
  readonly escalationStop?: string | undefined
  /** What happened, oldest first. */
  readonly timeline: readonly {readonly at: number; readonly what: string}[]
}

export interface EscalationStep {
  /** Left out while something holds the alert back: it begins at the end of that. */
  readonly at?: number | undefined
  /** Milliseconds from its beginning. */
  readonly after: number
  readonly to: readonly string[]
}

export interface ExplainContext {
  readonly channels: Parameters<typeof decideNotifications>[1]
  readonly intake?: Moment['intake']
  readonly contacts: Contacts
  readonly groupIntervalMs: number
  readonly repeatIntervalMs?: number
  readonly now: number
  /** Why a channel has to wait for its turn; left out: as its escalation says. */
  readonly turnOf?: ((alert: Alert, channel: string) => Held | undefined) | undefined
  /** Whether somebody watches; left out: yes. */
  readonly watched?: boolean | undefined
  /** Left out: no policy starts anything. */
  readonly auto?: {readonly policies: readonly AutoPolicy[]; readonly record: AutoRecord} | undefined
  /** What is kept of what happened; left out: what the alert itself says. */
  readonly events?: readonly Omit<AlertEvent, 'alert'>[] | undefined
}

export function explainAlert(
  alert: Alert,
  {
    channels,
    contacts,
    groupIntervalMs,
    repeatIntervalMs = Infinity,
    now,
    auto,
    events = [],
    intake = [],
    ...more
  }: ExplainContext,
): Explanation {
  const {watched = true, turnOf = (each, channel) => escalationHold(each, channel, contacts, now)} = more
  const decisions = decideNotifications(alert, channels, {groupIntervalMs, repeatIntervalMs, now, turnOf, intake})
  return {
    id: alert.id,
    state: alert.state,
    summary: alert.summary,
    severity: alert.severity,
    labels: alert.labels ?? {},
    cause: alert.routing?.cause,
    auto: auto && explainAuto(alert, {...auto, now}),
    watched,
    channels: channels.map(({name}) => {
      const delivery = alert.deliveries.find(each => each.channel === name)
      const decision = decisions.find(each => each.channel === name)
      const notified = delivery?.notified !== undefined
      const told = notified ? [`notified ${formatMoment(delivery.at, now)}: ${delivery.notified}`] : []
      const isHeld = decision?.deliver === false && decision.held !== undefined
      const failed = delivery?.outcome.startsWith('failed')
        ? [isHeld ? withoutNextAttempt(delivery.outcome) : delivery.outcome]
        : []
      const unsure =
        delivery?.unsure === undefined
          ? []
          : [`sent ${formatMoment(delivery.unsure.at, now)}, and nobody knows yet whether it arrived`]
      // That a channel has had enough for a minute is known only by whoever sends.
      const waits = decision?.deliver && delivery?.held?.reason === TOO_MANY ? delivery.held : undefined
      const stop = decision?.deliver === false ? decision.held : waits
      const held = stop ? [`${stop.kind}: ${stop.words}`] : []
      const pending = alert.state === 'pending' ? ['nothing is sent while it is pending'] : []
      const why = [...told, ...unsure, ...failed, ...held, ...pending]
      return {channel: name, notified, why: why.length === 0 ? 'to be notified now' : why.join('; ')}
    }),
    escalation: stepsOf(alert, contacts, now),
    escalationStop: stopOf(alert),
    timeline: [...timelineOf(alert, events.length > 0), ...events.map(eventWords)].toSorted((a, b) => a.at - b.at),
  }
}

const stopOf = ({acknowledged, routing}: Alert): string | undefined =>
  acknowledged ? `stopped: acknowledged by ${acknowledged.by}` : routing?.hold && 'begins when nothing holds it back'

function stepsOf(alert: Alert, contacts: Contacts, now: number): Explanation['escalation'] {
  const escalation = escalationOf(alert, contacts.escalations)
  const began = escalationBegan(alert)
  if (escalation === undefined || began === undefined || alert.state !== 'firing') return []
  const waits = alert.routing?.hold !== undefined && alert.acknowledged === undefined
  return escalation.steps.map(({to}, index) => {
    const after = stepAfter(escalation, index)
    return {
      ...(!waits && {at: began + after}),
      after,
      to: to.map(name => {
        const schedule = contacts.onCall.find(each => each.name === name)
        return schedule === undefined ? name : `${name} (${onCallAt(schedule, now).person})`
      }),
    }
  })
}

/** Of an alert of an Alertmanager, which decides itself who is notified. */
export const explainTheirs = (
  {id, state, summary, severity, source, labels = {}, deliveries}: AlertRow,
  watched: boolean,
): Explanation => ({
  id,
  state,
  summary,
  severity,
  source,
  labels,
  cause: undefined,
  auto: undefined,
  watched,
  channels: deliveries.map(({channel, state: why}) => ({channel, why})),
  escalation: [],
  timeline: [],
})

const eventWords = ({at, kind, channel, text}: Omit<AlertEvent, 'alert'>): Explanation['timeline'][number] => ({
  at,
  what: channel === undefined ? text : `${channel} ${kind === 'sent' ? 'notified' : kind}: ${text}`,
})

/** What the alert itself remembers; where events are kept, only what is not among them. */
function timelineOf(alert: Alert, kept: boolean): Explanation['timeline'] {
  const {since, firedAt, resolvedAt, ending, acknowledged, routing, deliveries, state} = alert
  const events = [
    {at: since, what: 'the breach began'},
    ...(kept || firedAt === undefined ? [] : [{at: firedAt, what: 'fired'}]),
    ...deliveries.flatMap(({notified, at, channel}) =>
      kept || notified === undefined ? [] : [{at, what: `${channel} notified: ${notified}`}],
    ),
    ...(acknowledged === undefined ? [] : [{at: acknowledged.at, what: `acknowledged by ${acknowledged.by}`}]),
    ...(routing?.unsilenced === undefined
      ? []
      : [{at: routing.unsilenced.at, what: `the silence by ${routing.unsilenced.author} ended`}]),
    ...(!kept && state === 'resolved' && resolvedAt !== undefined
      ? [{at: resolvedAt, what: ending ?? 'resolved'}]
      : []),
  ]
  return events
}
