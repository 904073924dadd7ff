import {messageOf} from '../../errors.ts'
import {createPerformer, type EffectTools, readWorld} from '../effects.ts'
import {SPOKEN} from '../layout/line.ts'
import type {ConsolePort} from '../port.ts'
import {createUiStore} from '../state/store.ts'
import {edit, nothingTyped, pasted, typedText} from '../state/typing.ts'
import {openingState, type UiState} from '../state/ui.ts'
import {completeLine} from './complete-line.ts'
import {newQuestions} from './news.ts'
import {screenWords} from './screen-words.ts'
import {alarms, promptOf, spoken} from './spoken.ts'
import {createVoice, type Voice} from './voice.ts'

export interface PlainTools extends Omit<EffectTools, 'port' | 'dispatch' | 'read'> {
  /** Calls for attention: a question waits for a person. */
  readonly alarm: (text: string) => void
}

/** The plain console without its terminal: keys and the world go in, lines come out of its voice. */
export interface PlainSession {
  readonly voice: Voice
  readonly key: (key: string) => void
  readonly paste: (text: string) => void
  /** Reads the world, and says what has changed in it. */
  readonly read: () => void
  readonly state: () => UiState
  readonly stop: () => void
}

/** Lines of a page of output. */
const PAGE = 24
/** Lines that ↑ leads back to. */
const REMEMBERED = 100

export function openSession(port: ConsolePort, tools: PlainTools): PlainSession {
  const {monotonic} = tools
  const opening = {
    ...openingState(readWorld(port, undefined), {columns: SPOKEN, rows: PAGE, now: port.now()}),
    focus: 'alerts' as const,
  }
  let last: UiState = opening
  const store = createUiStore({initial: opening, perform: effect => performer.perform(effect), changed: () => heard()})
  const voice = createVoice(promptOf(opening))
  const heard = (): void => {
    const before = last
    last = store.state()
    voice.say(spoken(before, last))
    voice.ask(promptOf(last))
    for (const text of alarms(before, last)) tools.alarm(text)
  }
  const read = (): void => {
    try {
      store.dispatch({type: 'world', world: readWorld(port, store.state()), now: port.now(), at: monotonic()})
    } catch (error) {
      store.dispatch({type: 'told', text: `Cannot read right now: ${messageOf(error)}`, tone: 'bad'})
    }
  }
  const performer = createPerformer({...tools, port, dispatch: store.dispatch, read})
  const line = createLine(store, voice, monotonic)
  voice.say(screenWords(opening))
  const {snapshot} = opening.world
  for (const row of newQuestions({...snapshot, runs: []}, snapshot))
    tools.alarm(`${row.runbook} is waiting for an answer`)
  return {voice, key: line.key, paste: line.paste, read, state: store.state, stop: () => performer.stop()}
}

/** The line that is being typed, with what was typed before. */
function createLine(
  {dispatch, state}: Pick<ReturnType<typeof createUiStore>, 'dispatch' | 'state'>,
  voice: Voice,
  monotonic: () => number,
): Pick<PlainSession, 'key' | 'paste'> {
  let begun: number | undefined
  let history: readonly string[] = []
  let back = 0
  const enter = (text: string, secret: boolean): void => {
    voice.type(nothingTyped)
    if (text !== '') voice.say([`> ${secret ? '*'.repeat(text.length) : text}`])
    if (text !== '' && !secret) history = [...history.slice(1 - REMEMBERED), text]
    back = 0
    const [said, asked] = [voice.count(), voice.view().prompt.text]
    const at = monotonic()
    dispatch({type: 'line', text, begun: begun ?? at, at})
    begun = undefined
    if (voice.count() > said || voice.view().prompt.text !== asked) return
    voice.say(text === '' ? screenWords(state()) : ['Nothing changed.'])
  }
  const recall = (by: number): void => {
    back = Math.max(0, Math.min(history.length, back + by))
    voice.type(typedText(history[history.length - back] ?? ''))
  }
  const complete = (text: string): void => {
    const {text: longer, all} = completeLine(state(), text)
    if (longer === text && all.length > 1) voice.say([all.join(', ')])
    voice.type(typedText(longer))
  }
  return {
    key: key => {
      const {typed, prompt} = voice.view()
      if (key === 'ctrl-c') return dispatch({type: 'key', key, at: monotonic()})
      if (key === 'enter') return enter(typed.text, prompt.secret === true)
      if (key === 'esc') return typed.text === '' ? enter('cancel', false) : voice.type(nothingTyped)
      if (key === 'up' || key === 'down') return recall(key === 'up' ? 1 : -1)
      if (key === 'tab') return complete(typed.text)
      const next = edit(typed, key)
      if (!next) return undefined
      begun = next.text === '' ? undefined : (begun ?? monotonic())
      voice.type(next)
    },
    paste: text => {
      begun ??= monotonic()
      voice.type(pasted(voice.view().typed, text))
    },
  }
}
