import {expect, test} from 'vitest'
import {createPerformer, type EffectTools} from './effects.ts'
import type {UiEvent} from './state/ui.ts'

/** What is written to the terminal and told when a text is copied. */
function copied(tmux: EffectTools['tmux']): {readonly written: string; readonly told: string} {
  let [written, told] = ['', '']
  const performer = createPerformer({
    port: {} as EffectTools['port'],
    dispatch: (event: UiEvent) => {
      if (event.type === 'told') told = event.text
    },
    monotonic: () => 0,
    read: () => {},
    write: sequence => {
      written += sequence
    },
    tmux,
    quit: () => {},
    suspended: () => Promise.resolve(),
  })
  performer.perform({type: 'copy', text: 'run-1', what: 'the run id'})
  return {written, told}
}

test('a copy goes to the terminal; inside of tmux to tmux, and past it where that takes nothing', () => {
  expect(copied(undefined)).toEqual({
    written: `\x1b]52;c;${btoa('run-1')}\x07`,
    told: 'Copied the run id, if your terminal allows it.',
  })
  const given: string[] = []
  expect(copied(text => given.push(text) > 0).written).toBe('')
  expect(given).toEqual(['run-1'])
  expect(copied(() => false).written).toMatch(/^\x1bPtmux;/)
})
