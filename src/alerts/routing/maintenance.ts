import {lastDue, parseCron} from '../../units/cron.ts'
import {formatMoment} from '../../units/moment.ts'
import type {Alert} from '../state.ts'
import type {Maintenance} from './config.ts'
import {matchesAlert} from './matcher.ts'

/** A window that is open now. */
export interface OpenMaintenance {
  readonly window: Maintenance
  readonly endsAt: number
}

/** The windows that are open at a moment; found out once a minute, for it is asked at every tick. */
export function openMaintenance(windows: readonly Maintenance[]): (now: number) => readonly OpenMaintenance[] {
  let known: {readonly minute: number; readonly open: readonly OpenMaintenance[]} | undefined
  return now => {
    const minute = Math.floor(now / 60_000)
    if (known?.minute !== minute) known = {minute, open: windows.flatMap(window => openAt(window, now))}
    return known.open
  }
}

export function openAt(window: Maintenance, now: number): readonly OpenMaintenance[] {
  const cron = parseCron(window.cron)
  const began = cron && lastDue(cron, window.zone, {after: now - window.for, until: now})
  return began === undefined ? [] : [{window, endsAt: began + window.for}]
}

/** Why nobody hears of it now; undefined: no window is about it. */
export function maintenanceWords(alert: Alert, open: readonly OpenMaintenance[], now: number): string | undefined {
  const found = open.find(({window, endsAt}) => endsAt > now && matchesAlert(window, alert))
  return found && `maintenance ${found.window.name} until ${formatMoment(found.endsAt, now)}`
}
