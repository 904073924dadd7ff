import {tame} from '../layout/text.ts'
import type {LinePrompt} from '../screens/screen.ts'
import {nothingTyped, type Typed} from '../state/typing.ts'

/** What the plain console shows: lines that are said once and stay, and the line that is being typed. */
export interface VoiceView {
  /** Lines that were not shown yet; a new number when there are others. */
  readonly batch: {readonly id: number; readonly lines: readonly string[]}
  readonly prompt: LinePrompt
  readonly typed: Typed
}

export interface Voice {
  readonly view: () => VoiceView
  readonly subscribe: (changed: () => void) => () => void
  readonly say: (lines: readonly string[]) => void
  readonly ask: (prompt: LinePrompt) => void
  readonly type: (typed: Typed) => void
  /** Told by what shows the lines, so that they need not be kept. */
  readonly shown: (batch: number) => void
  /** Lines that were said until now. */
  readonly count: () => number
}

export function createVoice(prompt: LinePrompt): Voice {
  let view: VoiceView = {
    batch: {id: 0, lines: []},
    prompt: {...prompt, text: tame(prompt.text)},
    typed: nothingTyped,
  }
  let shownBatch = -1
  let count = 0
  const listeners = new Set<() => void>()
  const change = (next: Partial<VoiceView>): void => {
    view = {...view, ...next}
    for (const listener of listeners) listener()
  }
  return {
    view: () => view,
    subscribe: changed => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    say: said => {
      if (said.length === 0) return
      const lines = said.map(tame)
      count += lines.length
      const {id, lines: waiting} = view.batch
      change({batch: shownBatch === id ? {id: id + 1, lines} : {id, lines: [...waiting, ...lines]}})
    },
    ask: ({text, secret = false}) => {
      const next = {text: tame(text), secret}
      if (next.text !== view.prompt.text || next.secret !== view.prompt.secret) change({prompt: next})
    },
    type: typed => change({typed}),
    shown: batch => {
      shownBatch = batch
    },
    count: () => count,
  }
}
