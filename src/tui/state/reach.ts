import {listLayout} from '../layout/body.ts'
import {listed, listNoun} from './lists.ts'
import type {Change, UiState} from './ui.ts'
import {currentScreen, placeOf} from './ui.ts'
import type {Reach} from './world.ts'

const FIRST = 200
/** So a far entry is some keys away, and nobody waits for what nobody looks at. */
const FURTHER = 4
/** More is for the commands, which page without holding all of it. */
export const MOST = 3200

/** The history whose list is open, or one of its entries. */
export function openHistory(state: UiState): Reach['noun'] | undefined {
  const {kind} = currentScreen(state)
  const noun = kind === 'list' || kind === 'details' ? listNoun(state) : undefined
  return noun === 'audit' || noun === 'runs' ? noun : undefined
}

const reachOf = ({world: {reach}}: UiState, noun: Reach['noun']): Reach | undefined =>
  reach?.noun === noun ? reach : undefined

/** How many entries the list needs: more when the selection comes near the end of those that were read. */
export function wantedReach(state: UiState, noun: Reach['noun']): number {
  const reach = reachOf(state, noun)
  if (!reach) return FIRST
  return runsShort(state, noun) ? Math.min(MOST, Math.max(FIRST, reach.read * FURTHER)) : Math.max(FIRST, reach.read)
}

function runsShort(state: UiState, noun: Reach['noun']): boolean {
  const reach = reachOf(state, noun)
  if (!reach || reach.read < reach.asked || reach.read >= Math.min(reach.total, MOST)) return false
  const {rows} = listed(state, noun)
  const {index, wide} = placeOf(state, noun)
  return rows.length - index <= listLayout(state, rows.length, wide).tableRows
}

/** Asks for more before the list runs out. */
export function withReach({state, effects}: Change): Change {
  const noun = openHistory(state)
  const short = noun !== undefined && runsShort(state, noun) && !effects.some(effect => effect.type === 'read')
  return {state, effects: short ? [...effects, {type: 'read'}] : effects}
}
