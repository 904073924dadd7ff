import type {Key} from 'ink'
import type {Snapshot} from '../../src/overview/snapshot.ts'
import {reduce} from '../../src/tui/state/reduce.ts'
import type {Effect, UiState} from '../../src/tui/state/ui.ts'
import {openingState} from '../../src/tui/state/ui.ts'
import type {World} from '../../src/tui/state/world.ts'
import {NOW, runbooks} from './shop-events.ts'
import {shop} from './shop.ts'

/** Keys for the reducer alone: no terminal, no time but the one that is given. */
export interface Pressed {
  readonly state: UiState
  readonly effects: readonly Effect[]
}

export const worldOf = (snapshot: Snapshot = shop): World => ({snapshot, runbooks, audit: [], run: undefined})

export const opened = (change: Partial<UiState> = {}, world: World = worldOf()): UiState => ({
  ...openingState(world, {columns: 120, rows: 40, now: NOW}),
  ...change,
})

/** Presses keys one after the other, a second apart, so that no guard is in the way. */
export function press(state: UiState, ...keys: readonly string[]): Pressed {
  let current = state
  let effects: readonly Effect[] = []
  let at = Math.max(1000, state.guardUntil)
  for (const key of keys) {
    at += 1000
    const change = reduce(current, {type: 'key', key, at})
    current = change.state
    effects = [...effects, ...change.effects]
  }
  return {state: current, effects}
}

/** The effects that change something or leave; reading is no news. */
export const deeds = (pressed: Pressed): readonly Effect[] => pressed.effects.filter(effect => effect.type !== 'read')

/** A text as the keys that type it. */
export const letters = (text: string): readonly string[] =>
  Array.from(text, letter => (letter === ' ' ? 'space' : letter))

/** What Ink tells beside a letter that has no name of its own. */
export const noKey: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
}
