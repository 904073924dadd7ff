import {describe, expect, test} from 'vitest'
import type {Prompt} from '../../src/runbooks/events.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import {runScreen} from '../../src/tui/state/navigate.ts'
import {reduce} from '../../src/tui/state/reduce.ts'
import type {UiState} from '../../src/tui/state/ui.ts'
import {deployPlan, RUN} from './fake-port.ts'
import {letters, opened, press, worldOf} from './keys.ts'
import {NOW} from './shop-events.ts'
import {runOf} from './running.ts'

const textOf = (state: UiState): string =>
  frame(state)
    .map(each => each.map(part => part.text).join(''))
    .join('\n')

const running = (prompt?: Prompt): UiState => {
  const world = {...worldOf(), run: runOf(prompt)}
  const state = opened({screens: [{kind: 'overview'}, runScreen(RUN)]}, world)
  return reduce(state, {type: 'world', world, now: NOW, at: 0}).state
}

describe('dialogs name the things they are about', () => {
  test('an acknowledgement: kind, name, environment, severity and since when, of every alert', () => {
    const text = textOf(press(opened(), '2', 'space', 'space', 'a').state)
    expect(text).toContain('Acknowledge 2 alerts?')
    expect(text).toContain('✘ critical  service checkout  in production, firing for 3m')
    expect(text).toContain('▲ warning  cache pages  in production, firing for 22m')
  })

  test('a silence: what is silenced, for how long, and no answer without a reason', () => {
    const opening = press(opened(), '2', 's')
    expect(textOf(opening.state)).toContain('Silence this alert?')
    expect(textOf(opening.state)).toContain('✘ critical  service checkout  down in production, firing for 3m')
    expect(press(opening.state, 'enter').effects).toEqual([])
    const said = press(opening.state, 'tab', ...letters('moving house'))
    expect(textOf(said.state)).toContain('▸ until resolved')
    expect(press(said.state, 'enter').effects).toEqual([
      {type: 'silence', alerts: ['a1'], for: 'until resolved', reason: 'moving house'},
    ])
  })

  test('a start: its parameters, what is touched and by how many steps, not the titles of steps', () => {
    const plan = deployPlan()
    const screens = [{kind: 'overview'}, {kind: 'plan', plan, params: {}, index: 0}] as const
    const text = textOf(press(opened({screens}), 'enter').state)
    expect(text).toContain('release=web version=2.4.1 watch=5m')
    expect(text).toContain('Confirmation required: production is protected and the runbook is')
    expect(text).toContain('This touches, in 5 of 8 steps, 2 without undo')
    for (const thing of ['▸ green-1 on app-1', '▸ cache pages', '▸ haproxy backend app: green-1, green-2 ready'])
      expect(text).toContain(thing)
    expect(text.match(/▸ Start 2.4.1/)).toBeNull()
  })

  test('a question: the run by what it works on, its step, and what happens without an answer', () => {
    const text = textOf(
      running({
        id: 'q1',
        step: 's5',
        kind: 'confirm',
        text: 'Move all traffic?',
        touches: ['backend app'],
        type: undefined,
        choices: ['yes', 'abort'],
        fallback: 'abort',
        expiresAt: NOW + 29 * 60_000,
      }),
    )
    expect(text).toContain('The run asks: deploy release=web version=2.4.1')
    expect(text).toMatch(/The run asks: deploy.* PRODUCTION /)
    expect(text).toContain('Step 6 of 8: Move traffic to green')
    expect(text).toContain('Times out in 29m, then aborts')
  })

  test('a stop: the run and the step that is stopped', () => {
    const text = textOf(press(running(), 'x').state)
    expect(text).toContain('Stop deploy?')
    expect(text).toContain('Keep running')
  })
})

test('alerts of one name are told apart by their kind', () => {
  const text = textOf(press(opened(), '2').state)
  for (const name of ['service checkout', 'cache pages', 'backup media-weekly']) expect(text).toContain(name)
})

test('a cursor moves in what is typed, and letters go where it stands', () => {
  const typed = press(opened(), '2', 'a', ...letters('ckung'), 'home', ...letters('che'), 'end', 'backspace').state
  expect(typed.overlay?.data).toMatchObject({note: {text: 'checkun', cursor: 7}})
  const cut = press(typed, 'left', 'left', 'ctrl-k', 'ctrl-a', 'delete', 'right').state
  expect(cut.overlay?.data).toMatchObject({note: {text: 'heck', cursor: 1}})
  const word = press(cut, 'ctrl-e', 'space', ...letters('日本'), 'left', 'ctrl-w').state
  expect(word.overlay?.data).toMatchObject({note: {text: 'heck 本', cursor: 5}})
  expect(press(word, 'ctrl-u').state.overlay?.data).toMatchObject({note: {text: '本', cursor: 0}})
})
