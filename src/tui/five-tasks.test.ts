import {describe, expect, test} from 'vitest'
import {deployPlan, RUN} from '../../test/tui/fake-port.ts'
import {letters, opened, worldOf} from '../../test/tui/keys.ts'
import {actor} from '../../test/tui/shop-events.ts'
import {emptyRun, reduceRun} from '../runbooks/state.ts'
import {frame} from './screens/frame.ts'
import {runScreen} from './state/navigate.ts'
import {reduce} from './state/reduce.ts'
import type {Effect, UiEvent, UiState} from './state/ui.ts'

const KEYS: Readonly<Record<string, string>> = {'↵': 'enter', Enter: 'enter', Esc: 'esc', Tab: 'tab', Space: 'space'}

/** Somebody who has read nothing: only keys that stand on the screen with their meaning are pressed, `?` included. */
class Newcomer {
  state: UiState
  readonly effects: Effect[] = []
  keys = 0
  private at = 10_000

  constructor(size: {readonly columns: number; readonly rows: number}) {
    this.state = opened(size)
  }

  get screen(): string {
    return frame(this.state)
      .map(line => line.map(({text}) => text).join(''))
      .join('\n')
  }

  happen(event: UiEvent): void {
    const change = reduce(this.state, event)
    this.state = change.state
    this.effects.push(...change.effects)
  }

  private press(key: string): void {
    this.keys += 1
    this.at += 1000
    this.happen({type: 'key', key, at: this.at})
  }

  /** Presses what the footer, a title or a dialog says is for it; where nothing does, what `?` says. */
  do(label: string): void {
    const shown = this.keyFor(label)
    if (shown !== undefined) return this.press(shown)
    const help = this.keyFor('help')
    if (help === undefined) throw new Error(`neither ${label} nor help is on the screen:\n${this.screen}`)
    this.press(help)
    const found = this.keyInHelp(label)
    if (found === undefined) throw new Error(`${label} is not in the help:\n${this.screen}`)
    this.press('esc')
    this.press(found)
  }

  type(text: string): void {
    for (const letter of letters(text)) this.press(letter)
  }

  private keyFor(label: string): string | undefined {
    const footer = this.screen.split('\n').at(-1) ?? ''
    const found =
      new RegExp(` (\\S+) ${label} `).exec(`${footer} `)?.[1] ??
      new RegExp(`─ (\\S+) ${label} `).exec(this.screen)?.[1] ??
      new RegExp(` (Enter|Esc) ${label} `).exec(this.screen)?.[1]
    return found === undefined ? undefined : (KEYS[found] ?? found)
  }

  private keyInHelp(words: string): string | undefined {
    const found = new RegExp(`^│ (\\S+)\\s.*${words}`, 'im').exec(this.screen)?.[1]
    return found === undefined ? undefined : (KEYS[found] ?? found)
  }
}

/** A run as it goes on, on the screen. */
function running(newcomer: Newcomer): void {
  const plan = deployPlan()
  const begun = {
    type: 'run-started',
    plan,
    actor,
    reason: '',
    dryRun: false,
    process: {pid: 1, startTicks: 1, bootId: 'b'},
  } as const
  const state = reduceRun(emptyRun(RUN), {v: 1, seq: 1, at: newcomer.state.now, run: RUN, ...begun})
  newcomer.state = {...newcomer.state, screens: [{kind: 'overview'}, runScreen(RUN)]}
  newcomer.happen({
    type: 'world',
    world: {...worldOf(), run: {id: RUN, state, lines: [], total: 0, progress: undefined}},
    now: newcomer.state.now,
    at: 0,
  })
}

describe.each([
  [80, 24, {fire: 1, acknowledge: 3, diagnose: 3, rollBack: 13, leave: 1}],
  [120, 40, {fire: 1, acknowledge: 3, diagnose: 3, rollBack: 13, leave: 1}],
] as const)('%d×%d, with what the screen says alone', (columns, rows, most) => {
  test(`the fire is named without a key, and its cause after ${most.fire}`, () => {
    const newcomer = new Newcomer({columns, rows})
    expect(newcomer.screen).toMatch(/1 critical/)
    newcomer.do('Alerts')
    expect(newcomer.screen).toContain('checkout is down: connect ECONNREFUSED')
    expect(newcomer.keys).toBe(most.fire)
  })

  test(`it is acknowledged after ${most.acknowledge} keys`, () => {
    const newcomer = new Newcomer({columns, rows})
    newcomer.do('Alerts')
    newcomer.do('acknowledge')
    newcomer.do('acknowledges')
    expect(newcomer.effects.at(-1)).toEqual({type: 'acknowledge', alerts: ['a1'], note: ''})
    expect(newcomer.keys).toBe(most.acknowledge)
  })

  test(`diagnose runs after ${most.diagnose} keys`, () => {
    const newcomer = new Newcomer({columns, rows})
    newcomer.do('Alerts')
    newcomer.do('open')
    expect(newcomer.effects).toContainEqual({type: 'plan', runbook: 'diagnose', params: {service: 'checkout'}})
    const plan = deployPlan({runbook: 'diagnose', danger: 'safe', start: {kind: 'none', reason: 'it only reads'}})
    newcomer.happen({type: 'planned', plan, params: {}, at: 0})
    newcomer.do('start')
    expect(newcomer.effects.at(-1)).toMatchObject({type: 'start', plan: {runbook: 'diagnose'}})
    expect(newcomer.keys).toBe(most.diagnose)
  })

  test(`a rollback starts after ${most.rollBack} keys, most of them the name of the environment`, () => {
    const newcomer = new Newcomer({columns, rows})
    newcomer.do('rollback')
    newcomer.happen({type: 'planned', plan: deployPlan({runbook: 'rollback'}), params: {}, at: 0})
    newcomer.do('start')
    expect(newcomer.screen).toContain('Type production to confirm')
    newcomer.type('production')
    newcomer.do('press')
    expect(newcomer.effects.at(-1)).toMatchObject({type: 'start', typed: 'production'})
    expect(newcomer.keys).toBe(most.rollBack)
  })

  test(`a run is left to a colleague with ${most.leave} key, and continues`, () => {
    const newcomer = new Newcomer({columns, rows})
    running(newcomer)
    newcomer.do('detach')
    expect(newcomer.screen).toContain('The run continues')
    expect(newcomer.effects.some(({type}) => type === 'abort')).toBe(false)
    expect(newcomer.keys).toBe(most.leave)
  })
})
