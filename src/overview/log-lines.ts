import type {Attempt} from '../alerts/delivery.ts'
import type {Alert} from '../alerts/state.ts'
import type {AuditEntry} from '../audit/record.ts'
import {type InForce, type Reloaded, refusedWords} from '../monitors/in-force.ts'
import type {LogEntry} from '../monitors/log.ts'
import {formatMoment} from '../units/moment.ts'

/** A transition of an alert, as it goes into the trail as well. */
export function alertLine({action, target, environment, reason = ''}: AuditEntry): LogEntry {
  const level = action === 'alert firing' ? 'warning' : 'info'
  const message = `${action.replace('alert', target)}: ${reason}`
  return {level, event: action, message, fields: {alert: target.replace(/^alert /, ''), environment, reason}}
}

/** What became of one attempt to notify somebody. */
export function attemptLine({id}: Pick<Alert, 'id'>, {channel, wanted, error}: Attempt): LogEntry {
  const fields = {alert: id, channel, state: wanted}
  if (error === undefined)
    return {level: 'info', event: 'notification sent', message: `${channel} was notified: ${id} ${wanted}`, fields}
  const message = `${channel} was not notified of ${id} ${wanted}: ${error}`
  return {level: 'warning', event: 'notification failed', message, fields: {...fields, error}}
}

/** Which configuration is in force after its file was looked at. */
export function configLine(inForce: InForce, {targets = []}: Reloaded, now: number): LogEntry {
  const refused = refusedWords(inForce, now)
  const {file, writtenAt} = inForce
  const fields = {file, writtenAt: new Date(writtenAt).toISOString()}
  if (refused !== undefined)
    return {
      level: 'error',
      event: 'configuration refused',
      message: refused,
      fields: {...fields, reason: inForce.refused?.reason},
    }
  const message = `configuration of ${formatMoment(writtenAt, now)} in force, ${watching(targets.length)}`
  return {level: 'info', event: 'configuration taken', message, fields: {...fields, targets: targets.length}}
}

export const watching = (count: number): string => `watching ${count} ${count === 1 ? 'target' : 'targets'}`
