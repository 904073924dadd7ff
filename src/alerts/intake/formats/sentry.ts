import {type Entry, entryOf, isEntry, momentOf, type ReadSent, type SentAlert, textOf} from '../sent.ts'

/** Hooks of an integration of Sentry: `issue`, `event_alert`, `metric_alert`. Others, such as its installation, are no alert. */
export const readSentry: ReadSent = json => {
  if (!isEntry(json) || !isEntry(json['data'])) throw new Error('this is not what an integration of Sentry posts')
  const {action, data} = json
  const {issue, event, metric_alert: metric} = entryOf(data)
  if (isEntry(issue)) return [issueAlert(issue, action)]
  if (isEntry(event)) return [eventAlert(event, textOf(entryOf(data)['triggered_rule']))]
  return isEntry(metric) ? [metricAlert(metric, entryOf(data), action)] : []
}

const OVER = ['resolved', 'archived', 'ignored', 'deleted']

function issueAlert(issue: Entry, action: unknown): SentAlert {
  const project = textOf(entryOf(issue['project'])['slug']) ?? 'sentry'
  const title = textOf(issue['title']) ?? 'issue'
  return {
    rule: 'Sentry issue',
    subject: project,
    key: `issue ${textOf(issue['id']) ?? title}`,
    severity: severityOf(issue['level']),
    summary: title,
    labels: {project, issue: issue['shortId'], culprit: issue['culprit'], url: issue['web_url'] ?? issue['permalink']},
    since: momentOf(issue['firstSeen']),
    over: OVER.includes(textOf(action) ?? '') || OVER.includes(textOf(issue['status']) ?? ''),
  }
}

function eventAlert(event: Entry, rule: string | undefined): SentAlert {
  const title = textOf(event['title']) ?? 'event'
  const project = textOf(event['project_slug'] ?? event['project']) ?? 'sentry'
  return {
    rule: rule ?? 'Sentry event',
    subject: project,
    // An issue that is resolved later ends the alert that its event began.
    key: `issue ${textOf(event['issue_id']) ?? title}`,
    severity: severityOf(event['level']),
    summary: title,
    labels: {project, environment: event['environment'], culprit: event['culprit'], url: event['web_url']},
    since: momentOf(event['datetime']),
    over: false,
  }
}

function metricAlert(metric: Entry, data: Entry, action: unknown): SentAlert {
  const title = textOf(metric['title']) ?? textOf(entryOf(metric['alert_rule'])['name']) ?? 'metric alert'
  return {
    rule: 'Sentry metric',
    subject: textOf(entryOf(metric['alert_rule'])['name']) ?? title,
    key: `metric ${textOf(metric['id']) ?? title}`,
    severity: textOf(action),
    summary: textOf(data['description_text'] ?? data['description_title']) ?? title,
    labels: {url: data['web_url']},
    since: momentOf(metric['date_started']),
    over: action === 'resolved',
  }
}

/** An error is what Sentry is about: only a fatal one is critical. */
const severityOf = (level: unknown): string =>
  level === 'fatal' ? 'critical' : level === 'info' || level === 'debug' ? 'info' : 'warning'
