import {GUARD_MS} from '../state/guard.ts'
import type {UiState} from '../state/ui.ts'
import {acknowledgement} from './acknowledgement.ts'
import {commandLine} from './command-line.ts'
import {deciding} from './deciding.ts'
import {environments} from './environments.ts'
import {filterField} from './filter-field.ts'
import type {AnyOverlay} from './overlay.ts'
import {hidden} from './overlay.ts'
import {question} from './question.ts'
import {sendingAgain} from './sending-again.ts'
import {silencing} from './silencing.ts'
import {searchField} from './search-field.ts'
import {secondKey} from './second-key.ts'
import {start} from './start.ts'
import {stopping} from './stopping.ts'

/** All overlays; a new one is a file here and a line below. */
export const OVERLAYS: readonly AnyOverlay[] = [
  hidden(filterField),
  hidden(searchField),
  hidden(commandLine),
  hidden(secondKey),
  hidden(environments),
  hidden(start),
  hidden(question),
  hidden(stopping),
  hidden(deciding),
  hidden(acknowledgement),
  hidden(silencing),
  hidden(sendingAgain),
]

/** What is open, with its data. */
export function openOverlay(
  state: UiState,
): {readonly overlay: AnyOverlay; readonly data: unknown; readonly scroll: number} | undefined {
  const open = state.overlay
  const overlay = open && OVERLAYS.find(each => each.id === open.id)
  return open && overlay && {overlay, data: open.data, scroll: open.scroll}
}

/** Closes what is settled and opens what appears by itself, after the world has changed. */
export function followWorld(state: UiState, at: number): UiState {
  const open = openOverlay(state)
  const followed = open?.overlay.follow?.(state, open.data) ?? state
  if (followed.overlay) return followed
  for (const overlay of OVERLAYS) {
    const wanted = overlay.appear?.(followed)
    if (wanted !== undefined) return overlay.open(followed, wanted, at)
  }
  // Who was typing into what has just closed does not mean the screen below.
  return open ? {...followed, guardUntil: at + GUARD_MS} : followed
}
