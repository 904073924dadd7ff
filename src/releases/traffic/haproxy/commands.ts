import {OpsError} from '../../../errors.ts'
import type {Move, Placement} from '../traffic-driver.ts'

/** Words that go into a runtime command. Anything else could end the command and begin another. */
const WORD = /^[A-Za-z0-9_.:-]+$/

/** The runtime API's words. In `maint` a server is not even checked. */
const STATES: Readonly<Record<Placement, string>> = {serving: 'ready', draining: 'drain', off: 'maint'}

/** `set server app/green-1 state ready; set server app/blue-1 state drain`: one line, one instant. */
export function moveCommand(backend: string, moves: readonly Move[]): string {
  return moves.flatMap(move => commandsOf(`${word(backend)}/${word(move.server)}`, move)).join('; ')
}

/** A weight first where it decides how much it gets, last where it gets nothing any more. */
function commandsOf(server: string, {to, weight}: Move): readonly string[] {
  const state = `set server ${server} state ${STATES[to]}`
  if (weight === undefined) return [state]
  const weigh = `set server ${server} weight ${weight === 'own' ? '100%' : weight}`
  return to === 'serving' ? [weigh, state] : [state, weigh]
}

/** Counters, check results and administrative states in one answer. */
export const stateCommand = (backend: string): string => `show stat; show servers state ${word(backend)}`

function word(text: string): string {
  if (!WORD.test(text))
    throw new OpsError('release/unknown', `${JSON.stringify(text)} cannot be a backend or server of HAProxy`)
  return text
}
