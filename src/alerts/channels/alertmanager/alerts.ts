import type {Notification} from '../channel.ts'

/** The annotation by which an alert that we sent there is known when it comes back: our id. */
export const SENT_BY_US = 'opsconsole_id'

/** An alert as `POST /api/v2/alerts` takes it. What has the same labels is the same alert. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

/** All alerts of a notification. The labels of one never change while it lasts, or its end would be that of another. */
export function postedAlerts(
  notification: Notification,
  {endsAfter, generatorURL}: {readonly endsAfter: number; readonly generatorURL?: string | undefined},
): readonly PostedAlert[] {
  const {id, severity, target, summary, environment, state, since, sentAt, test, reason, others} = notification
  const endsAt = state === 'firing' ? new Date(Date.parse(sentAt) + endsAfter).toISOString() : sentAt
  const ours = {environment, since, endsAt, test, reason}
  return [{id, severity, target, summary}, ...others].map(alert => ({
    labels: labelsOf(alert, ours),
    annotations: {
      summary: alert.summary,
      description: alert.id === id ? reason : alert.summary,
      [SENT_BY_US]: alert.id,
    },
    startsAt: since,
    endsAt,
    ...(generatorURL === undefined ? {} : {generatorURL}),
  }))
}

function labelsOf(
  {id, severity, target}: Notification['others'][number],
  {environment, test}: {readonly environment: string; readonly test: boolean},
): Readonly<Record<string, string>> {
  const [kind = '', , name = ''] = target.split('/')
  const rule = id.slice(0, -target.length - 1)
  return {
    alertname: `${test ? 'Test of opsconsole: ' : ''}${rule || 'opsconsole'}`,
    severity,
    environment,
    kind,
    name,
    source: 'opsconsole',
  }
}
