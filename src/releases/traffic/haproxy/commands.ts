import {OpsError} from '../../../errors.ts'
import type {Move} from '../traffic.ts'

/** Words that go into a runtime command. Anything else could end the command and begin another. */
const WORD = /^[A-Za-z0-9_.:-]+$/

/** `set server app/green-1 state ready; set server app/blue-1 state drain`: one line, one instant. */
export function moveCommand(backend: string, moves: readonly Move[]): string {
  return moves.map(move => `set server ${word(backend)}/${word(move.server)} state ${move.to}`).join('; ')
}

/** Counters, check results and administrative states in one answer. */
export const stateCommand = (backend: string): string => `show stat; show servers state ${word(backend)}`

function word(text: string): string {
  if (!WORD.test(text))
    throw new OpsError('release/unknown', `${JSON.stringify(text)} cannot be a backend or server of HAProxy`)
  return text
}
