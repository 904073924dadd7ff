import {OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {findOpenAlert} from '../acknowledge.ts'
import type {AlertStore} from '../alert-store.ts'
import type {AlertRow} from '../rows.ts'
import type {Alert} from '../state.ts'
import type {AlertmanagerDesk} from './desk.ts'

/** An open alert of ours, or of an Alertmanager, by its id or a part that only it has. Raises `alert/unknown`. */
export function findAnyAlert(
  {alertStore, desk}: {readonly alertStore: Pick<AlertStore, 'since'>; readonly desk: Pick<AlertmanagerDesk, 'find'>},
  text: string,
  environment: string,
): {readonly ours: Alert; readonly theirs?: never} | {readonly theirs: AlertRow; readonly ours?: never} {
  const theirs = desk.find(text, environment)
  if (theirs === undefined) return {ours: findOpenAlert(alertStore, text)}
  const open = alertStore.since(Number.MAX_SAFE_INTEGER).filter(({state}) => state !== 'resolved')
  const ours = open.filter(({id}) => id.includes(text))
  const exact = ours.find(({id}) => id === text)
  if (exact) return {ours: exact}
  if (ours.length === 0 || theirs.id === text) return {theirs}
  const named = [theirs, ...ours].map(({id}) => id).join(', ')
  throw new OpsError('alert/unknown', `several alerts match ${escapeLine(text, 100)}: ${named}`)
}
