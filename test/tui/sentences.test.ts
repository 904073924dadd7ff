import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Prompt} from '../../src/runbooks/events.ts'
import {keyNames} from '../../src/tui/keyboard.ts'
import {nothingTyped} from '../../src/tui/state/typing.ts'
import {runScreen} from '../../src/tui/state/navigate.ts'
import {reduce} from '../../src/tui/state/reduce.ts'
import type {Effect, Screen, UiState} from '../../src/tui/state/ui.ts'
import type {World} from '../../src/tui/state/world.ts'
import {countOf, seedOr} from '../reliability/sample.ts'
import {deployPlan, RUN} from './fake-port.ts'
import {noKey, opened, press, worldOf} from './keys.ts'
import {runOf} from './running.ts'
import {NOW, runbooks} from './shop-events.ts'

/**
 * W8: somebody types sentences into every question and every field, wherever the focus is, as bytes of the keyboard.
 * Whatever they spell, nothing is answered, started, stopped, copied or left.
 */
const SENTENCES = countOf('W8')
const SEED = seedOr(20_261_126)

const WORDS = [
  'yes',
  'no',
  'y',
  'n',
  'approved by Ann',
  'by mistake',
  'abort',
  'skip',
  'stop it',
  'mark done',
  'run again',
  'recheck',
  'quit',
  'retry',
  'ticket 812',
  'Änderung geprüft',
  '確認済み',
  '👍',
  'production',
  'x',
  '!',
  'R',
  ':q',
  '/y',
  '?',
  'ok — go',
  'start',
  'cancel',
  'Y',
  'N',
  '42',
  'because the disk is full',
  'said so.',
  '"quoted"',
  "it's fine",
] // prettier-ignore

const sentence = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.string({unit: 'grapheme', minLength: 1, maxLength: 9})), {
    minLength: 2,
    maxLength: 6,
  })
  .map(words => words.join(' ').replaceAll(/[\p{Cc}\p{Cf}]/gu, ''))
  .filter(text => Array.from(text.trim()).length > 1)

const prompt = (change: Partial<Prompt>): Prompt => ({
  id: 'q7',
  step: 's5',
  kind: 'confirm',
  text: 'Move all traffic?',
  touches: ['backend app'],
  type: undefined,
  choices: ['yes', 'skip', 'abort'],
  fallback: 'abort',
  expiresAt: NOW + 60_000,
  ...change,
})

const running = (prompt: Prompt | undefined): World => ({...worldOf(), run: runOf(prompt)})

const on = (screen: Screen, world?: World): UiState => opened({screens: [{kind: 'overview'}, screen]}, world)

/** A question of the run on the screen, as it appears by itself. */
const asking = (change: Partial<Prompt>): UiState => {
  const world = running(prompt(change))
  return reduce(on(runScreen(RUN), world), {type: 'world', world, now: NOW, at: 0}).state
}

const planned = (change: Parameters<typeof deployPlan>[0]): UiState =>
  press(on({kind: 'plan', plan: deployPlan(change), params: {}, index: 0}), 'enter').state

const form = (field: number): Screen => ({
  kind: 'params',
  runbook: runbooks[0] as (typeof runbooks)[number],
  values: {},
  field,
  cursor: 0,
  error: '',
})

const PLACES: readonly (readonly [string, UiState])[] = [
  ['the start that wants a yes', planned({start: {kind: 'yes', reason: 'it is disruptive'}})],
  ['the start that wants the name', planned({})],
  ['a confirmation', asking({})],
  ['a confirmation that wants a name', asking({type: 'shop'})],
  ['an approval', asking({kind: 'approval', choices: ['approve', 'reject']})],
  ['work by hand', asking({kind: 'manual', choices: ['done', 'skip', 'abort'], terminal: ['psql']})],
  ['a step that is unknown', asking({kind: 'unknown', choices: ['probe', 'mark done', 'run again', 'skip', 'abort']})],
  ['a step that failed', asking({kind: 'failure', choices: ['retry', 'skip', 'abort']})],
  ['the stop of a run', press(on(runScreen(RUN), running(undefined)), 'x').state],
  ['the note of an acknowledgement', press(opened(), '2', 'a').state],
  ['the reason of a silence', press(opened(), '2', 's').state],
  ['the filter', press(opened(), '1', '/').state],
  ['the command line', press(opened(), ':').state],
  ['the choice of an environment', press(opened(), 'e').state],
  ['the picker of runbooks', on({kind: 'runbooks', query: nothingTyped, index: 0})],
  ...Array.from({length: 5}, (_, index) => [`field ${index + 1} of the form`, on(form(index))] as const),
]

/** Ways to move the focus before the typing begins: every stop of Tab and of the arrows. */
const STARTS: readonly (readonly string[])[] = [
  [],
  ...Array.from({length: 6}, (_, index) => Array.from({length: index + 1}, () => 'tab')),
  ['shift-tab'],
  ['right'],
  ['right', 'right'],
  ['left'],
]

/** Keys at the speed of a person, through the names that the keyboard gives to bytes. */
function type(state: UiState, text: string): {readonly state: UiState; readonly effects: readonly Effect[]} {
  let current = state
  const effects: Effect[] = []
  let at = state.guardUntil + 1000
  for (const letter of text) {
    for (const key of keyNames(letter, noKey)) {
      const change = reduce(current, {type: 'key', key, at})
      current = change.state
      effects.push(...change.effects)
      at += 170
    }
  }
  return {state: current, effects}
}

const HARMLESS = new Set(['read', 'plan', 'forget plan'])
const deeds = (effects: readonly Effect[]): readonly string[] =>
  effects.map(effect => effect.type).filter(each => !HARMLESS.has(each))

describe(`sentences do nothing that was not chosen (seed ${SEED})`, () => {
  test.each(PLACES)('typed into %s, wherever the focus is', (_, place) => {
    fc.assert(
      fc.property(fc.constantFrom(...STARTS), sentence, (start, text) => {
        const from = press(place, ...start).state
        const typed = type(from, text)
        expect(deeds(typed.effects)).toEqual([])
        // It stays open: nothing that was typed went to the screen below.
        expect(typed.state.overlay?.id).toBe(from.overlay?.id)
        expect(typed.state.screens).toEqual(from.overlay ? from.screens : typed.state.screens)
      }),
      {numRuns: SENTENCES, seed: SEED},
    )
  })

  test.each(PLACES.slice(0, 9))('nor with Enter after them: %s', (_, place) => {
    fc.assert(
      fc.property(fc.constantFrom(...STARTS), sentence, (start, text) => {
        expect(deeds(type(press(place, ...start).state, `${text}\r`).effects)).toEqual([])
      }),
      {numRuns: SENTENCES, seed: SEED},
    )
  })

  test.each(PLACES.slice(0, 9))('what is typed on a button of %s is the reason', (_, place) => {
    const {state} = type(press(place, 'tab', 'tab').state, 'yes by Ann')
    expect(state.overlay?.data).toMatchObject({form: {focus: 'reason', reason: {text: 'yes by Ann'}}})
  })

  test('a question that is settled while somebody types swallows the rest of the sentence', () => {
    const asked = type(asking({}), 'looks goo').state
    const at = asked.guardUntil + 4000
    const settled = reduce(asked, {type: 'world', world: running(undefined), now: NOW, at}).state
    let state = settled
    for (const [index, key] of ['d', 'q', 'x', 'y', 'R'].entries()) {
      const change = reduce(state, {type: 'key', key, at: at + 100 * (index + 1)})
      expect(change.effects).toEqual([])
      state = change.state
    }
    expect(state.overlay).toBeUndefined()
    expect(state.screens).toBe(settled.screens)
  })
})
