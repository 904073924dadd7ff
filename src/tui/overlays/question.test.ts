import {describe, expect, test} from 'vitest'
import {RUN} from '../../../test/tui/fake-port.ts'
import {deeds, letters, opened, press, worldOf} from '../../../test/tui/keys.ts'
import {runOf} from '../../../test/tui/running.ts'
import {NOW} from '../../../test/tui/shop-events.ts'
import {forbiddenShop} from '../../../test/tui/shop.ts'
import type {Prompt} from '../../runbooks/events.ts'
import {runScreen} from '../state/navigate.ts'
import {reduce} from '../state/reduce.ts'
import type {UiState} from '../state/ui.ts'
import type {World} from '../state/world.ts'
import {shapeOf} from './question.ts'

const confirm: Prompt = {
  id: 'q7',
  step: 's5',
  kind: 'confirm',
  text: 'Move all traffic?',
  touches: ['backend app'],
  type: undefined,
  choices: ['yes', 'skip', 'abort'],
  fallback: 'abort',
  expiresAt: NOW + 60_000,
}
const typed: Prompt = {...confirm, type: 'shop'}
const unknown: Prompt = {...confirm, kind: 'unknown', choices: ['probe', 'mark done', 'run again', 'skip', 'abort']}

const asking = (prompt: Prompt | undefined): World => ({...worldOf(), run: runOf(prompt)})

const watching = (prompt: Prompt | undefined, at = 1000): UiState =>
  reduce(opened({screens: [{kind: 'overview'}, runScreen(RUN)]}), {type: 'world', world: asking(prompt), now: NOW, at})
    .state

const answers = (prompt: Prompt, ...keys: string[]) => deeds(press(watching(prompt), ...keys))

describe('a question of the run on the screen', () => {
  test('opens by itself and ignores keys for 300 ms', () => {
    const asked = watching(confirm, 4000)
    expect(asked.overlay).toMatchObject({id: 'question', data: {form: {focus: 'later'}}})
    const at = (ms: number): unknown => reduce(asked, {type: 'key', key: 'y', at: ms}).state.overlay?.data
    expect(at(4299)).toMatchObject({form: {focus: 'later'}})
    expect(at(4300)).toMatchObject({form: {focus: 'answer yes'}})
  })

  test('keys that follow an ignored one without a pause are ignored too', () => {
    const asked = watching(confirm, 4000)
    const burst = [4250, 4310, 4400, 4500].reduce(
      (state, at) => reduce(state, {type: 'key', key: 'y', at}).state,
      asked,
    )
    expect(burst.overlay).toMatchObject({data: {form: {focus: 'later', reason: {text: ''}}}})
  })

  test('Enter alone answers nothing: it puts the question off', () => {
    const later = press(watching(confirm), 'enter')
    expect(deeds(later)).toEqual([])
    expect(later.state.overlay).toBeUndefined()
  })

  test('what was put off does not come back by itself; Enter opens it again', () => {
    const later = press(watching(confirm), 'esc').state
    const seenAgain = reduce(later, {type: 'world', world: asking(confirm), now: NOW, at: 9000}).state
    expect(seenAgain.overlay).toBeUndefined()
    expect(press(seenAgain, 'enter').state.overlay).toMatchObject({id: 'question'})
  })

  test.each([
    ['y', 'yes'],
    ['s', 'skip'],
    ['a', 'abort'],
  ])('%s chooses %s, and Enter gives it', (key, answer) => {
    expect(answers(confirm, key)).toEqual([])
    expect(answers(confirm, key, 'enter')).toMatchObject([{type: 'answer', run: RUN, prompt: 'q7', answer, reason: ''}])
  })

  test('a choice can be walked to, and a reason given', () => {
    expect(answers(confirm, 'right', 'right', 'enter')).toMatchObject([{answer: 'skip'}])
    const withReason = answers(confirm, 'tab', ...letters('checked'), 'tab', 'enter')
    expect(withReason).toMatchObject([{answer: 'yes', reason: 'checked'}])
  })

  test('typed text is the yes: letters give no answer, anything but the exact text neither', () => {
    expect(answers(typed, 'y', 'enter')).toEqual([])
    expect(answers(typed, ...letters('shop '), 'enter')).toEqual([])
    expect(answers(typed, ...letters('shop'), 'enter')).toMatchObject([{type: 'answer', answer: 'shop'}])
    expect(shapeOf(typed).buttons.map(button => button.label)).toEqual(['Decide later', 'skip', 'abort'])
    expect(answers(typed, 'tab', 'tab', 'right', 'enter')).toMatchObject([{answer: 'skip'}])
  })

  test('an unknown step offers its five choices, each with a key of its own', () => {
    expect(shapeOf(unknown).buttons.map(button => button.key)).toEqual([undefined, 'p', 'm', 'r', 's', 'a'])
    expect(answers(unknown, 'enter')).toEqual([])
    expect(answers(unknown, 'm', 'enter')).toMatchObject([{answer: 'mark done'}])
  })

  test('hosts are settled one by one: which one is on the screen, and the answer goes for it alone', () => {
    const choices = ['recheck', 'done', 'rerun', 'skip', 'abort']
    const byHost = {hosts: ['web-1', 'web-2'], choices: ['done', 'rerun', 'skip']} as const
    const hosts: Prompt = {...unknown, choices, byHost}
    expect(shapeOf(hosts).buttons.map(button => button.label)).toContain('host by host')
    expect(answers(hosts, 'h', 'enter')).toEqual([])
    expect(answers(hosts, 'h', 'enter', 'd', 'enter')).toMatchObject([{type: 'answer', answer: 'done web-1'}])
    expect(answers(hosts, 'h', 'enter', 'n', 'enter', 'r', 'enter')).toMatchObject([{answer: 'rerun web-2'}])
    expect(answers(hosts, 'h', 'enter', 'n', 'enter', 'n', 'enter', 's', 'enter')).toMatchObject([
      {answer: 'skip web-1'},
    ])
    // Nobody is left to choose among.
    const one: Prompt = {...hosts, byHost: {...byHost, hosts: ['web-1']}}
    expect(shapeOf(one).buttons.map(button => button.label)).not.toContain('host by host')
  })

  test('a program that is run here leaves the question open, afresh', () => {
    const byHand: Prompt = {...confirm, kind: 'manual', choices: ['done', 'skip'], terminal: ['psql']}
    const ran = press(watching(byHand), 'r', 'enter')
    expect(deeds(ran)).toEqual([{type: 'terminal', argv: ['psql']}])
    expect(deeds(press(ran.state, 'd', 'enter'))).toMatchObject([{type: 'answer', answer: 'done'}])
  })

  test('it closes when somebody else has settled it, and says so', () => {
    const settled = reduce(watching(confirm), {type: 'world', world: asking(undefined), now: NOW, at: 9000}).state
    expect(settled.overlay).toBeUndefined()
    expect(settled.toast?.text).toBe('The question is no longer open.')
  })

  test('another question in its place starts afresh, with its own guard', () => {
    const other = reduce(watching(typed), {
      type: 'world',
      world: asking({...confirm, id: 'q8'}),
      now: NOW,
      at: 9000,
    }).state
    expect(other.overlay).toMatchObject({id: 'question', data: {prompt: {id: 'q8'}}})
    expect(other.guardUntil).toBe(9300)
  })

  test('in read-only mode it is not asked at all', () => {
    const state = opened({screens: [{kind: 'overview'}, runScreen(RUN)]})
    const world = {...asking(confirm), snapshot: forbiddenShop('policy')}
    expect(reduce(state, {type: 'world', world, now: NOW, at: 0}).state.overlay).toBeUndefined()
  })
})

describe('stopping a run', () => {
  test('Enter lets it go on; y chooses to stop it, and Enter then does', () => {
    expect(deeds(press(watching(undefined), 'x', 'enter'))).toEqual([])
    expect(deeds(press(watching(undefined), 'x', 'y', 'enter'))).toEqual([{type: 'abort', run: RUN, reason: ''}])
  })

  test('leaving the screen is no stop, and says so', () => {
    const left = press(watching(undefined), 'd')
    expect(deeds(left)).toEqual([])
    expect(left.state.toast?.text).toBe('The run continues; R returns to it.')
  })
})
