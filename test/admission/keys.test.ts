import {describe, expect, test} from 'vitest'
import {emptyRun} from '../../src/runbooks/state.ts'
import {actionsOf} from '../../src/tui/actions/actions-of.ts'
import {keymapOf} from '../../src/tui/keymap/check.ts'
import {OVERLAYS} from '../../src/tui/overlays/registry.ts'
import {NOUNS, PANES} from '../../src/tui/panes/registry.ts'
import {runScreen} from '../../src/tui/state/navigate.ts'
import {nothingTyped} from '../../src/tui/state/typing.ts'
import type {Change, Effect, Screen, ScreenKind, UiState} from '../../src/tui/state/ui.ts'
import {deployPlan, RUN} from '../tui/fake-port.ts'
import {opened, press, worldOf} from '../tui/keys.ts'
import {forbiddenShop, shop} from '../tui/shop.ts'
import {letter, runbooks} from '../tui/shop-events.ts'

/** W9: which effects change something outside. The types want a new one on one of the two sides. */
const CHANGES: Readonly<Record<Effect['type'], boolean>> = {
  start: true,
  answer: true,
  terminal: true,
  abort: true,
  decide: true,
  acknowledge: true,
  silence: true,
  'send again': true,
  quit: false,
  read: false,
  refresh: false,
  environment: false,
  plan: false,
  'forget plan': false,
  find: false,
  report: false,
  copy: false,
}
/** Overlays whose answer is such an effect. */
const DECISIVE = ['acknowledgement', 'deciding', 'question', 'sending again', 'silencing', 'start', 'stopping']
const HARMLESS = ['command', 'environments', 'filter', 'search', 'second key']

const first = (noun: (typeof NOUNS)[number]): Screen => {
  const row = PANES[noun].rows(worldOf())[0]
  return {kind: 'details', noun, id: row === undefined ? '' : PANES[noun].id(row), scroll: 0}
}
const [runbook] = runbooks
if (!runbook) throw new Error('the shop has no runbooks')
const SCREENS: Readonly<Record<ScreenKind, readonly Screen[]>> = {
  overview: [{kind: 'overview'}],
  list: NOUNS.map(noun => ({kind: 'list', noun})),
  details: NOUNS.map(first),
  runbooks: [{kind: 'runbooks', query: nothingTyped, index: 0}],
  params: [{kind: 'params', runbook, values: {}, cursor: 0, field: 0, error: ''}],
  planning: [{kind: 'planning', runbook: 'deploy', params: {}, since: 0}],
  plan: [{kind: 'plan', plan: deployPlan(), params: {}, index: 0}],
  run: [runScreen(RUN)],
  pager: [
    {
      kind: 'pager',
      source: {kind: 'output', run: RUN},
      at: 0,
      top: 0,
      follow: true,
      wrap: false,
      side: 0,
      search: '',
      whole: false,
    },
  ],
  help: [{kind: 'help', scroll: 0}],
}

/** One of each: what a hotkey leads to is declared and refused as everything else. */
const {keymap} = keymapOf({
  keys: {},
  hotkeys: [
    {key: 'B', label: 'clear it', pane: 'caches', runbook: 'cache-invalidate', params: {event: '{name}'}},
    {key: 'W', label: 'put out', command: 'run deploy release=web version=2.4.1', params: {}},
    {key: 'M', label: 'look into', pane: 'services', runbook: 'diagnose', params: {service: '{name}'}},
  ],
})

/** Every screen over every pane, with a run that goes on. */
function statesIn(snapshot: typeof shop): UiState[] {
  const state = {...emptyRun(RUN), plan: deployPlan(), lost: false, inFlight: []}
  const world = {...worldOf(snapshot), keymap, run: {id: RUN, state, lines: [], total: 0, progress: undefined}} as never
  const undelivered = {...worldOf({...snapshot, alerts: [], undelivered: [letter('r-1')]}), keymap}
  return [
    ...Object.values(SCREENS)
      .flat()
      .flatMap(screen => NOUNS.map(focus => opened({focus, screens: [{kind: 'overview'}, screen]}, world))),
    // Nothing more urgent is in its place on the list.
    opened({screens: [{kind: 'overview'}, {kind: 'list', noun: 'alerts'}]}, undelivered),
  ]
}

const decides = (state: UiState, {state: after, effects}: Change): boolean =>
  effects.some(({type}) => CHANGES[type]) ||
  (after.overlay !== undefined && after.overlay.id !== state.overlay?.id && DECISIVE.includes(after.overlay.id))

describe('W9: every key that changes something, on every screen', () => {
  test('an overlay is known as one that decides something, or as one that does not', () => {
    expect(OVERLAYS.map(({id}) => id).sort()).toEqual([...DECISIVE, ...HARMLESS].sort())
  })

  test('an action that leads to a change declares it, whether by its key or by its command', () => {
    const undeclared = new Set<string>()
    for (const state of statesIn(shop))
      for (const {id, changes, where, visible, disabled, act, command} of actionsOf(state)) {
        const here = where.includes(state.screens.at(-1)?.kind ?? 'overview') && visible(state)
        if (changes || !here || disabled(state) !== undefined) continue
        const ways = [act(state, 9000), ...(command?.run ? [command.run(state, '', 9000)] : [])]
        if (ways.some(change => decides(state, change))) undeclared.add(id)
      }
    expect([...undeclared]).toEqual([])
  })

  /** Keys that lead to a change on any screen. */
  const decisiveKeys = (snapshot: typeof shop): readonly string[] => {
    const states = statesIn(snapshot)
    const keys = [...new Set(states.flatMap(state => actionsOf(state).flatMap(action => action.keys)))]
    return keys.filter(key => states.some(state => decides(state, press(state, ...key.split(' '))))).sort()
  }

  test.each([
    ['flag', []],
    ['policy', ['x']],
  ] as const)('forbidden by %s, no key on any screen leads to a change, but for the way back', (by, left) => {
    expect(decisiveKeys(forbiddenShop(by))).toEqual(left)
  })

  test('where nothing is forbidden, the same keys do', () => {
    expect(decisiveKeys(shop)).toEqual(['D', 'a', 'enter', 's', 't', 'x'])
  })
})
