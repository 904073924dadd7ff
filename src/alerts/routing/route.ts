import {formatMoment} from '../../units/moment.ts'
import type {Held} from '../held.ts'
import type {Alert} from '../state.ts'
import {causeOf, type Surroundings} from './causes.ts'
import type {Routing} from './routing.ts'
import {maintenanceWords} from './maintenance.ts'
import {isSilencedBy, type OpenMaintenance, type Silence, silenceEnd} from './silence.ts'

/** All that decides it, at one moment. */
export interface RoutingWorld extends Surroundings {
  /** Those that hold. */
  readonly silences: readonly Silence[]
  readonly maintenance: readonly OpenMaintenance[]
  /** What holds it back, of what fires. */
  readonly inhibitorOf: (alert: Alert) => Alert | undefined
}

/** One reason not to notify anybody, with what is to be remembered of it. */
type Stage = (alert: Alert, world: RoutingWorld) => Routing | undefined

/** In order; the first is the reason. */
const STAGES: readonly Stage[] = [inMaintenance, silenced, symptom, inhibited]

/**
 * What keeps an alert that is not over from being notified. It changes what is told of its beginning only: watching,
 * its state, and what is told of its end are as ever. The end of a silence that held it is news.
 */
export function routeAlert(alert: Alert, world: RoutingWorld): Routing {
  const before = alert.routing ?? {}
  let found: Routing | undefined
  for (const stage of STAGES) {
    found = stage(alert, world)
    if (found !== undefined) break
  }
  const fires = alert.state === 'firing'
  // Shown as a symptom, and known as silenced, also when there is another reason for which nobody is notified.
  const cause = found?.cause ?? causeOf(alert, world)?.target
  const silence = found?.silence ?? silenced(alert, world)?.silence
  const isOver = fires && before.silence !== undefined && silence === undefined
  const unsilenced = isOver ? {author: before.silence.author, at: world.now} : before.unsilenced
  const freedAt = fires && before.hold !== undefined && found === undefined ? world.now : before.freedAt
  return {
    ...found,
    ...(cause !== undefined && {cause}),
    ...(silence && {silence}),
    ...(unsilenced && {unsilenced}),
    ...(freedAt !== undefined && {freedAt}),
  }
}

const held = (reason: string, words: string): Held => ({kind: 'suppressed', reason, words})

function inMaintenance(alert: Alert, {maintenance, now}: RoutingWorld): Routing | undefined {
  const words = maintenanceWords(alert, maintenance, now)
  return words === undefined ? undefined : {hold: held('maintenance', words)}
}

function silenced(alert: Alert, {silences, now}: RoutingWorld): Routing | undefined {
  const silence = silences.find(each => isSilencedBy(alert, each))
  if (silence === undefined) return undefined
  const {id, author, reason} = silence
  const words = `silenced by ${author} ${silenceEnd(silence, now)}: ${reason}`
  return {hold: held('silence', words), silence: {id, author}}
}

function symptom(alert: Alert, world: RoutingWorld): Routing | undefined {
  const cause = causeOf(alert, world)
  return cause && {hold: held(cause.reason, cause.words), cause: cause.target}
}

function inhibited(alert: Alert, {inhibitorOf, now}: RoutingWorld): Routing | undefined {
  const other = inhibitorOf(alert)
  if (other === undefined) return undefined
  return {hold: held('inhibition', `${other.id} fires since ${formatMoment(other.firedAt ?? other.since, now)}`)}
}
