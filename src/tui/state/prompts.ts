import type {Prompt} from '../../runbooks/events.ts'
import {isActive} from '../panes/runs.ts'
import {edit, pasted} from './typing.ts'
import type {Change, Overlay, UiState} from './ui.ts'
import {currentScreen, telling, unchanged, withEffects} from './ui.ts'

/** A question that has just appeared ignores keys this long: they were meant for what was there before. */
export const GUARD_MS = 300

type PromptOverlay = Extract<Overlay, {kind: 'prompt'}>

export interface Choice {
  readonly answer: string
  readonly label: string
  /** Letter that gives it at once; undefined where text must be typed. */
  readonly key: string | undefined
}

/** Not an answer: the program of the question is run in this terminal, and the question stays. */
export const RUN_HERE = 'run it here'

/** The answers a question offers. Where text must be typed, that text is the yes, so `yes` is no choice. */
export function choicesOf(prompt: Prompt): readonly Choice[] {
  const used = new Set<string>()
  const here = prompt.terminal === undefined ? [] : [RUN_HERE]
  const offered = prompt.type === undefined ? prompt.choices : prompt.choices.filter(choice => choice !== 'yes')
  return [...here, ...offered].map(answer => {
    const key = Array.from(answer.toLowerCase()).find(letter => /[a-z]/.test(letter) && !used.has(letter))
    if (key !== undefined) used.add(key)
    return {answer, label: answer, key: prompt.type === undefined ? key : undefined}
  })
}

/** Opens a question with the focus where Enter does nothing: the field, or "decide later". */
export function openPrompt(state: UiState, prompt: Prompt, at: number): UiState {
  const screen = currentScreen(state)
  if (screen.kind !== 'run') return state
  return {
    ...state,
    guardUntil: at + GUARD_MS,
    overlayScroll: 0,
    putOff: state.putOff.filter(each => each !== promptKey(screen.id, prompt)),
    overlay: {
      kind: 'prompt',
      run: screen.id,
      prompt,
      focus: prompt.type === undefined ? 0 : 'typed',
      typed: '',
      reason: '',
    },
  }
}

/** Opens the question that the run on the screen waits for, and closes one that is settled. */
export function followPrompt(state: UiState, at: number): UiState {
  const screen = currentScreen(state)
  const {overlay} = state
  const prompt = state.world.run?.state?.prompt
  if (overlay?.kind === 'prompt' && overlay.prompt.id !== prompt?.id) {
    const closed: UiState = {...state, overlay: undefined}
    return followPrompt(prompt ? closed : telling(closed, 'The question is settled.'), at)
  }
  if (overlay?.kind === 'abort' && state.world.run?.state?.outcome !== undefined) {
    return telling({...state, overlay: undefined}, 'The run has ended.')
  }
  if (screen.kind !== 'run' || !prompt || overlay || state.readOnly || promptIsPutOff(state, screen.id, prompt))
    return state
  return openPrompt(state, prompt, at)
}

const promptKey = (run: string, prompt: Prompt): string => `${run} ${prompt.id}`
const promptIsPutOff = (state: UiState, run: string, prompt: Prompt): boolean =>
  state.putOff.includes(promptKey(run, prompt))

const close = (state: UiState, overlay: PromptOverlay): UiState => ({
  ...state,
  overlay: undefined,
  putOff: [...state.putOff.slice(-20), promptKey(overlay.run, overlay.prompt)],
})

function answer(state: UiState, overlay: PromptOverlay, text: string): Change {
  if (text === RUN_HERE) return withEffects(state, {type: 'terminal', argv: overlay.prompt.terminal ?? []})
  return withEffects(close(state, overlay), {
    type: 'answer',
    run: overlay.run,
    prompt: overlay.prompt.id,
    answer: text,
    reason: overlay.reason.trim(),
  })
}

/** Where Tab goes: the field, decide later and the choices, the reason. */
function ring(overlay: PromptOverlay): readonly PromptOverlay['focus'][] {
  const buttons = Array.from({length: choicesOf(overlay.prompt).length + 1}, (_, index) => index)
  return [...(overlay.prompt.type === undefined ? [] : (['typed'] as const)), ...buttons, 'reason']
}

export function promptKeyPressed(state: UiState, overlay: PromptOverlay, key: string): Change {
  const set = (change: Partial<PromptOverlay>): Change => unchanged({...state, overlay: {...overlay, ...change}})
  if (key === 'esc') return unchanged(telling(close(state, overlay), 'The run waits; Enter opens the question again.'))
  const order = ring(overlay)
  const turn = (by: number): Change =>
    set({focus: order[(order.indexOf(overlay.focus) + by + order.length) % order.length] ?? 0})
  if (key === 'tab' || key === 'down') return turn(1)
  if (key === 'shift-tab' || key === 'up') return turn(-1)
  if (overlay.focus === 'typed' || overlay.focus === 'reason') {
    if (key === 'enter') return overlay.focus === 'typed' ? confirmTyped(state, overlay) : turn(1)
    const text = edit(overlay[overlay.focus], key)
    return text === undefined ? unchanged(state) : set({[overlay.focus]: text})
  }
  if (key === 'left') return turn(-1)
  if (key === 'right') return turn(1)
  const choices = choicesOf(overlay.prompt)
  if (key === 'enter') {
    const choice = overlay.focus === 0 ? undefined : choices[overlay.focus - 1]
    return choice ? answer(state, overlay, choice.answer) : promptKeyPressed(state, overlay, 'esc')
  }
  const meant = choices.find(choice => choice.key === key)
  return meant ? answer(state, overlay, meant.answer) : unchanged(state)
}

function confirmTyped(state: UiState, overlay: PromptOverlay): Change {
  const wanted = overlay.prompt.type
  if (wanted !== undefined && overlay.typed === wanted) return answer(state, overlay, wanted)
  return unchanged(telling(state, `Type exactly ${JSON.stringify(wanted)} to go on, or Esc to decide later.`))
}

export function promptPasted(state: UiState, overlay: PromptOverlay, text: string): Change {
  // A confirmation must be typed: pasting it would need no reading.
  if (overlay.focus === 'typed') return unchanged(telling(state, 'Please type it; pasting is off here.'))
  if (overlay.focus !== 'reason') return unchanged(state)
  return unchanged({...state, overlay: {...overlay, reason: pasted(overlay.reason, text)}})
}

/** Whether a question waits in some run that is not on the screen. */
export const waitingElsewhere = (state: UiState): boolean =>
  state.world.snapshot.runs.some(row => isActive(row) && row.state === 'waiting')
