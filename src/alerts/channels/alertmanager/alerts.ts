import type {TheirAlert} from '../../alertmanagers/reading.ts'
import {labelWords} from '../../label-words.ts'
import {planCommand} from '../../plan-command.ts'
import {SENT_BY_US} from '../../sent-by-us.ts'
import type {Notification} from '../channel.ts'

/** An alert as `POST /api/v2/alerts` takes it. What has the same labels is the same alert. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

/** All alerts of a notification. */
export function postedAlerts(
  notification: Notification,
  {endsAfter, generatorURL}: {readonly endsAfter: number; readonly generatorURL?: string | undefined},
): readonly PostedAlert[] {
  const {id, environment, state, since, sentAt, test, reason, others} = notification
  const endsAt = state === 'firing' ? new Date(Date.parse(sentAt) + endsAfter).toISOString() : sentAt
  const plan = planCommand(notification)
  return [notification, ...others].map(alert => ({
    labels: labelsOf(alert, {environment, test}),
    annotations: {
      summary: alert.summary,
      description: alert.id === id ? reason : alert.summary,
      [SENT_BY_US]: alert.id,
      ...(alert.source !== undefined && alert.labels && {labels: labelWords(alert.labels)}),
      ...(alert.id === id && plan !== undefined && {plan}),
    },
    startsAt: since,
    endsAt,
    ...(generatorURL === undefined ? {} : {generatorURL}),
  }))
}

function labelsOf(
  {id, severity, target, source, labels = {}}: Notification['others'][number],
  {environment, test}: {readonly environment: string; readonly test: boolean},
): Readonly<Record<string, string>> {
  const [kind = '', , name = ''] = target.split('/')
  const rule = id.slice(0, -target.length - 1)
  return {
    // Those of a rule, for its routes. What others say changes from event to event, and would be another alert each time.
    ...(source === undefined && nameable(labels)),
    alertname: `${test ? 'Test of opsconsole: ' : ''}${rule || 'opsconsole'}`,
    severity,
    environment,
    kind,
    name,
    source: 'opsconsole',
  }
}

/** It knows letters, digits and `_` in names of labels, and no label without a value. */
const nameable = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) =>
      value === '' ? [] : [[name.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_'), value]],
    ),
  )

/** Ends of what is there of the same alerts of ours under other labels: a severity, or a label of the rule, was another. */
export function endedThere(
  posted: readonly PostedAlert[],
  there: readonly TheirAlert[],
  at: string,
): readonly PostedAlert[] {
  const ids = new Set(posted.map(({annotations}) => annotations[SENT_BY_US]))
  const kept = new Set(posted.map(({labels}) => nameOf(labels)))
  return there
    .filter(({annotations, labels}) => ids.has(annotations[SENT_BY_US]) && !kept.has(nameOf(labels)))
    .map(({labels, annotations, startsAt}) => ({
      labels,
      annotations,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: at,
    }))
}

const nameOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1)))
