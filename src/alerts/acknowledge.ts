import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {AlertStore} from './alert-store.ts'
import type {Alert} from './state.ts'

/** So long are alerts kept that are over. */
const KEPT_MS = 7 * 86_400_000

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

/** Any alert that is known, by its id or a part that only it has: an open one before one that is over. Raises `alert/unknown`. */
export function findAlert(alertStore: Pick<AlertStore, 'since'>, text: string, now: number): Alert {
  const all = alertStore.since(now - KEPT_MS)
  const matches = all.filter(alert => text !== '' && alert.id.includes(text))
  const over = matches.filter(({state}) => state === 'resolved')
  const [only] = over
  const exact = all.find(alert => alert.id === text)
  if (exact) return exact
  return only !== undefined && over.length === 1 && matches.length === 1 ? only : findOpenAlert(alertStore, text)
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
