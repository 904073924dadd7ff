import {z} from 'zod'
import {duration} from '../../config/fields.ts'
import {lastDue, parseCron} from '../../units/cron.ts'
import {formatMoment} from '../../units/moment.ts'
import {isZone} from '../../units/zone.ts'
import type {Alert} from '../state.ts'
import {matcherFields, matchesAlert} from './matcher.ts'

const WEEK_MS = 7 * 86_400_000

export const zoneField = z
  .string()
  .refine(isZone, {error: 'should be a time zone such as Europe/Berlin'})
  .default('UTC')
  .describe('Time zone whose clocks are meant')

/** A time in which work is expected: nobody is notified. Watching goes on, and what still is wrong at its end is told. */
export const maintenanceSchema = z.strictObject({
  name: z.string().min(1).max(60).describe('What it is, for people'),
  ...matcherFields,
  cron: z
    .string()
    .refine(text => parseCron(text) !== undefined, {error: 'should be a schedule of five fields such as "0 3 * * 0"'})
    .describe('When it begins: minute, hour, day of the month, month, day of the week'),
  zone: zoneField,
  for: duration('How long it is')
    .refine(ms => ms > 0 && ms <= WEEK_MS, {error: 'should be more than 0s and 7d at most'})
    .describe('How long it is, 7d at most'),
})
export type Maintenance = z.output<typeof maintenanceSchema>

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

function openAt(window: Maintenance, now: number): readonly OpenMaintenance[] {
  const cron = parseCron(window.cron)
  const began = cron && lastDue(cron, window.zone, {after: now - window.for, until: now})
  return began === undefined ? [] : [{window, endsAt: began + window.for}]
}

/** Why nobody hears of it now; undefined: no window is about it. */
export function maintenanceWords(alert: Alert, open: readonly OpenMaintenance[], now: number): string | undefined {
  const found = open.find(({window, endsAt}) => endsAt > now && matchesAlert(window, alert))
  return found && `maintenance ${found.window.name} until ${formatMoment(found.endsAt, now)}`
}
