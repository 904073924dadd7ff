import {openOverlay} from '../overlays/registry.ts'
import {definitionOf} from '../screens/registry.ts'
import type {LinePrompt} from '../screens/screen.ts'
import {listNoun} from '../state/lists.ts'
import type {Screen, UiState} from '../state/ui.ts'
import {currentScreen, placeOf} from '../state/ui.ts'
import {newQuestions, worldNews} from './news.ts'
import {runNews} from './run-words.ts'
import {screenWords, selectionWords} from './screen-words.ts'

/** What is said when the state has become another one: a screen when it opens, after that only what changes. */
export function spoken(before: UiState, after: UiState): readonly string[] {
  if (before === after) return []
  const screen = currentScreen(after)
  const openRun = screen.kind === 'run' ? screen.id : undefined
  const toast = after.toast && after.toast !== before.toast ? [after.toast.text] : []
  const news = worldNews(before.world.snapshot, after.world.snapshot, {now: after.now, openRun})
  const [was, asked] = [questionOf(before), questionOf(after)]
  const opened = placeName(before) !== placeName(after)
  const output = screen.kind === 'run' && screen.half === 'output' && screen.back === 0
  const run = opened ? [] : runNews(before.world.run, after.world.run, {output})
  if (asked !== '' && asked !== was) {
    const below = opened ? screenWords({...after, overlay: undefined}) : []
    return [...news, ...run, ...toast, ...below, ...screenWords(after)]
  }
  if (opened) return [...news, ...toast, ...screenWords(after)]
  const said = [...news, ...run, ...toast, ...within(before, after, screen)]
  // What is below a question was said before it.
  return asked !== was && said.length === 0 ? ['Closed.'] : said
}

/** Which question or field is on top; those that only wait for a second key are none. */
function questionOf(state: UiState): string {
  const overlay = openOverlay(state)?.overlay
  return overlay?.content || overlay?.prompt ? overlay.id : ''
}

/** What stays the same while one is on a screen, so that it is said once. */
function placeName(state: UiState): string {
  const screen = currentScreen(state)
  const noun = listNoun(state)
  const list =
    noun === undefined ? [] : [placeOf(state, noun).filter, placeOf(state, noun).marks, placeOf(state, noun).sort]
  return JSON.stringify([nameOf(state, screen), screen.kind === 'list' ? list : []])
}

function nameOf(state: UiState, screen: Screen): readonly unknown[] {
  switch (screen.kind) {
    case 'overview':
      return [screen.kind, state.world.snapshot.environment.name]
    case 'list':
      return [screen.kind, screen.noun]
    case 'details':
      return [screen.kind, screen.noun, screen.id]
    case 'runbooks':
      return [screen.kind, screen.query.text, state.world.runbooks.length]
    case 'params':
      return [screen.kind, screen.runbook.name]
    case 'planning':
      return [screen.kind, screen.runbook]
    case 'plan':
      return [screen.kind, screen.plan.run]
    case 'run':
      // A run that could not be read yet is said when it can.
      return [screen.kind, screen.id, state.world.run?.id === screen.id && state.world.run.state !== undefined]
    case 'pager':
      return [screen.kind, screen.source, screen.top, screen.whole, screen.search]
    default:
      return [screen.kind]
  }
}

function within(before: UiState, after: UiState, screen: Screen): readonly string[] {
  const was = currentScreen(before)
  if (screen.kind === 'params' && was.kind === 'params' && screen.error !== '' && screen.error !== was.error)
    return [screen.error]
  if (screen.kind === 'run' && was.kind === 'run' && screen.half !== was.half)
    return [screen.half === 'output' ? 'Output is said.' : 'Only steps are said.']
  return selectionKey(before) === selectionKey(after) ? [] : selectionWords(after)
}

/** Which row or step was chosen by hand; rows that move by themselves are no news. */
function selectionKey(state: UiState): string {
  const screen = currentScreen(state)
  if (screen.kind === 'plan') return String(screen.index)
  if (screen.kind === 'overview') return `${state.focus} ${placeOf(state, state.focus).id ?? ''}`
  return screen.kind === 'list' ? (placeOf(state, screen.noun).id ?? '') : ''
}

/** What is to be typed now, in a few words; the whole of it is said when a screen opens. */
export function promptOf(state: UiState): LinePrompt {
  const open = openOverlay(state)
  if (open) return {text: open.overlay.content ? 'answer' : (open.overlay.prompt?.(state, open.data) ?? 'answer')}
  const screen = currentScreen(state)
  const own = definitionOf(screen).prompt?.(state, screen)
  return own ?? {text: `${state.world.snapshot.environment.name} ${screen.kind === 'list' ? screen.noun : screen.kind}`}
}

/** What rings the bell, as a sentence for the terminal to notify of: questions that wait for a person. */
export function alarms(before: UiState, after: UiState): readonly string[] {
  const rows = newQuestions(before.world.snapshot, after.world.snapshot)
  return rows.map(row => `${row.runbook} in ${row.environment} is waiting for an answer`)
}
