import type {Undelivered} from '../../alerts/letters.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import {moment} from '../components/age.ts'
import {facts} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import {targetName} from '../components/target-name.ts'
import type {Line} from '../layout/line.ts'
import {span} from '../layout/line.ts'
import type {DetailsView} from './pane.ts'

/** A row of the alerts: an alert, or a notification of a run that nobody took, which is none. */
export type AlertPaneRow = Omit<AlertRow, 'state'> & {
  readonly state: AlertRow['state'] | 'undelivered'
  readonly letter?: Undelivered
}

export const letterRow = (letter: Undelivered): AlertPaneRow => {
  const {id, channel, at, environment, notification} = letter
  const {rule, severity, target, summary} = notification
  return {
    id: `${id} ${channel} ${at}`,
    letter,
    rule,
    severity,
    target,
    environment,
    state: 'undelivered',
    summary: `${channel} was not told: ${summary}`,
    since: at,
    firedAt: undefined,
    resolvedAt: undefined,
    acknowledged: undefined,
    runbook: undefined,
    deliveries: [],
  }
}

export const letterDetails = (letter: Undelivered, {now, width}: DetailsView): readonly Line[] => {
  const {id, channel, at, why, notification} = letter
  return facts(
    [
      ['state', [...statusWord('undelivered'), span(`  given up ${moment(at, now)}`, 'dim')]],
      ['to', channel],
      ['why', why],
      ['it said', notification.text],
      ['severity', statusWord(notification.severity)],
      ['run', id.split('/').slice(2).join('/')],
      ['runbook', targetName(notification.target).replace(/^runbook /, '')],
    ],
    width,
  )
}
