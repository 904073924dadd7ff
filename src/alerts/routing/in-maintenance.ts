import type {TargetId} from '../../monitors/sample.ts'
import {matchesGlob} from '../rules/names.ts'
import type {Maintenance} from './config.ts'
import {openAt} from './maintenance.ts'
import type {Matcher} from './matcher.ts'
import {endOfHand, type Silence} from './silence.ts'

/** What was started by hand is read again after so long: it is asked for at each probe. */
const READ_EVERY_MS = 1_000

/** Likewise of those that were started by hand; `read` gives those that have ended within hours, too. */
export function handMaintenanceOf(read: () => readonly Silence[]): (target: TargetId, at: number) => boolean {
  let known: readonly Silence[] = []
  let readAt = -Infinity
  return (target, at) => {
    if (at >= readAt + READ_EVERY_MS) {
      known = read().filter(({maintenance}) => maintenance)
      readAt = at
    }
    return known.some(each => each.createdAt <= at && at < endOfHand(each) && isAbout(each.matcher, target))
  }
}

/** An hour is asked for again and again. */
const KEPT_MINUTES = 90

/**
 * Whether all of a target is in a maintenance at a moment, for its error budget. A window for some rules, severities or labels
 * is about alerts, and not about the target.
 */
export function maintenanceOf(windows: readonly Maintenance[]): (target: TargetId, at: number) => boolean {
  const whole = windows.filter(({rules, severities, labels}) => !rules && !severities && !labels)
  if (whole.length === 0) return () => false
  const known = new Map<number, readonly Maintenance[]>()
  return (target, at) => {
    const minute = Math.floor(at / 60_000)
    let open = known.get(minute)
    if (open === undefined) {
      open = whole.filter(window => openAt(window, at).length > 0)
      known.set(minute, open)
      if (known.size > KEPT_MINUTES) known.delete(known.keys().next().value ?? minute)
    }
    return open.some(window => isAbout(window, target))
  }
}

function isAbout({on, environments}: Matcher, target: TargetId): boolean {
  const [kind, environment = '', name] = target.split('/')
  return (
    (on === undefined || on.some(pattern => matchesGlob(`${kind}/${name}`, pattern))) &&
    (environments === undefined || environments.some(pattern => matchesGlob(environment, pattern)))
  )
}
