import {SENT_BY_US} from '../../sent-by-us.ts'
import {entriesIn, entryOf, momentOf, type ReadSent, textOf} from '../sent.ts'

/**
 * What an Alertmanager posts to a webhook receiver (version 4 of its format). What a console sent there and gets back is none of its
 * alerts: taken, it would be sent there once more, as a new one each time.
 */
export const readAlertmanager: ReadSent = json => {
  const {alerts} = entryOf(json)
  if (!Array.isArray(alerts)) throw new Error('this is not what an Alertmanager posts: it has no list of alerts')
  const theirs = entriesIn(alerts).filter(alert => textOf(entryOf(alert['annotations'])[SENT_BY_US]) === undefined)
  return theirs.map(alert => {
    const labels = entryOf(alert['labels'])
    const annotations = entryOf(alert['annotations'])
    const rule = textOf(labels['alertname']) ?? 'alert'
    const subject = textOf(labels['instance'] ?? labels['service'] ?? labels['pod'] ?? labels['job']) ?? rule
    return {
      rule,
      subject,
      key:
        textOf(alert['fingerprint']) ??
        JSON.stringify(
          Object.entries(labels)
            .map(pair => JSON.stringify(pair))
            .sort(),
        ),
      severity: textOf(labels['severity'] ?? labels['priority']),
      summary: textOf(annotations['summary'] ?? annotations['description'] ?? annotations['message']) ?? rule,
      labels,
      since: momentOf(alert['startsAt']),
      over: alert['status'] === 'resolved',
    }
  })
}
