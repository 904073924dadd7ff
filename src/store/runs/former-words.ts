import type {RunEvent} from '../../runbooks/events.ts'

/** Types and choices of events as version 0.1.0 wrote them, by the names that they have now. */
const TYPES: Readonly<Record<string, RunEvent['type']>> = {survivors: 'orphans'}
const CHOICES: Readonly<Record<string, 'recheck'>> = {probe: 'recheck'}

/** An event of any version's journal in today's words. What is on disk stays as it was written. */
export function inTodaysWords(event: RunEvent): RunEvent {
  const type = TYPES[event.type]
  if (type !== undefined) return {...event, type} as RunEvent
  const choice = event.type === 'step-settled' ? CHOICES[event.choice] : undefined
  return choice === undefined ? event : ({...event, choice} as RunEvent)
}
