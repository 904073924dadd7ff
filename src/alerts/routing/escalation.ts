import {formatMoment} from '../../units/moment.ts'
import type {Held} from '../held.ts'
import type {Alert} from '../state.ts'
import type {Escalation, OnCallSchedule, Person} from './config.ts'
import {matchesAlert} from './matcher.ts'
import {onCallAt} from './on-call.ts'

/** When the steps of an escalation come that do not say it; each later one 20 minutes after the one before. */
const USUAL_AFTER_MS = [0, 600_000, 1_800_000] as const
const FURTHER_MS = 1_200_000

export interface Contacts {
  readonly people: readonly Person[]
  readonly onCall: readonly OnCallSchedule[]
  readonly escalations: readonly Escalation[]
}

export const stepAfter = ({steps}: Pick<Escalation, 'steps'>, index: number): number =>
  steps[index]?.after ??
  USUAL_AFTER_MS[index] ??
  (USUAL_AFTER_MS[2] ?? 0) + (index - USUAL_AFTER_MS.length + 1) * FURTHER_MS

export const escalationOf = (alert: Alert, escalations: readonly Escalation[]): Escalation | undefined =>
  escalations.find(each => matchesAlert(each, alert))

/** Whatever held it back meanwhile, nobody was asked to do anything: the steps come as if it had fired at its end. */
export const escalationBegan = ({firedAt, routing}: Pick<Alert, 'firedAt' | 'routing'>): number | undefined =>
  firedAt === undefined ? undefined : Math.max(firedAt, routing?.freedAt ?? firedAt)

/** The channels that a name stands for at a moment. */
export function channelsOf(name: string, {people, onCall}: Contacts, now: number): readonly string[] {
  const schedule = onCall.find(each => each.name === name)
  const person = schedule === undefined ? name : onCallAt(schedule, now).person
  return people.find(each => each.name === person)?.channels ?? (schedule === undefined ? [name] : [])
}

/**
 * Why a channel is not notified yet, or not at all; undefined: it is its turn, as it is of every end. A channel that no person and no
 * escalation names is notified of everything at once.
 */
export function escalationHold(alert: Alert, channel: string, contacts: Contacts, now: number): Held | undefined {
  const escalation = escalationOf(alert, contacts.escalations)
  if (escalation === undefined || alert.state === 'resolved') return undefined
  const held = (reason: string, words: string): Held => ({kind: 'suppressed', reason, words})
  const turns = escalation.steps.flatMap(({to}, index) =>
    to.some(name => channelsOf(name, contacts, now).includes(channel)) ? [stepAfter(escalation, index)] : [],
  )
  if (turns.length > 0) {
    const at = (escalationBegan(alert) ?? now) + Math.min(...turns)
    const words = `escalation ${escalation.name}: ${formatMoment(at, now)} unless somebody acknowledges`
    return at <= now ? undefined : held('escalation', words)
  }
  const owner = contacts.people.find(({channels}) => channels.includes(channel))
  if (owner !== undefined) return held('not on call', `${owner.name} is not on call for escalation ${escalation.name}`)
  const named = contacts.escalations.some(({steps}) => steps.some(({to}) => to.includes(channel)))
  return named ? held('not addressed', `escalation ${escalation.name} does not lead to this channel`) : undefined
}
