import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {AlertStore} from './alert-store.ts'
import type {Alert} from './state.ts'

/** The open alert of that id, or the only one whose id contains the text. Raises `alert/unknown`. */
export function findOpenAlert(alertStore: Pick<AlertStore, 'since'>, text: string): Alert {
  const open = alertStore.since(Number.MAX_SAFE_INTEGER).filter(alert => alert.state !== 'resolved')
  const exact = open.find(alert => alert.id === text)
  const matches = exact ? [exact] : open.filter(alert => text !== '' && alert.id.includes(text))
  const [only] = matches
  if (only !== undefined && matches.length === 1) return only
  const shown = escapeLine(text, 100)
  if (matches.length > 1)
    throw new OpsError('alert/unknown', `several alerts match ${shown}: ${matches.map(alert => alert.id).join(', ')}`)
  throw new OpsError('alert/unknown', `no open alert is called ${shown}`, {hint: 'See: opsconsole alerts'})
}

/** Marks an open alert as taken. It stays until it resolves; a new episode starts without. Raises `alert/unknown`. */
export function acknowledgeAlert(
  alertStore: Pick<AlertStore, 'acknowledge'>,
  id: string,
  acknowledgement: {readonly by: string; readonly at: number; readonly note: string},
): void {
  const note = escapeLine(acknowledgement.note, 500)
  if (!alertStore.acknowledge(id, {...acknowledgement, note}))
    throw new OpsError('alert/unknown', `alert ${escapeLine(id, 200)} is no longer open`)
}
