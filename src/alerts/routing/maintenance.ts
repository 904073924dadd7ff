import {lastDue, parseCron} from '../../units/cron.ts'
import {formatMoment} from '../../units/moment.ts'
import {matchesGlob} from '../rules/names.ts'
import type {Alert} from '../state.ts'
import type {Maintenance} from './config.ts'
import {matchesAlert} from './matcher.ts'
import {openByHand, type OpenMaintenance, type Silence} from './silence.ts'

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

/** `maintenance patching until 05:00 UTC`, of the one in an environment that ends last; undefined: none is open there. */
export function maintenanceHere(
  windows: readonly Maintenance[],
  silences: readonly Silence[],
  environment: string,
  now: number,
): string | undefined {
  const open = [...windows.flatMap(window => openAt(window, now)), ...openByHand(silences, now)]
  const here = open.filter(
    ({window: {environments}}) => environments?.some(each => matchesGlob(environment, each)) ?? true,
  )
  const [last, ...others] = here.toSorted((one, other) => other.endsAt - one.endsAt)
  if (last === undefined) return undefined
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  const on = last.window.on === undefined ? '' : ` of ${last.window.on.join(', ')}`
  return `maintenance${on} ${last.window.name} until ${formatMoment(last.endsAt, now)}${more}`
}
