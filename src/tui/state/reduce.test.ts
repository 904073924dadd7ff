import {describe, expect, test} from 'vitest'
import {deployPlan, RUN} from '../../../test/tui/fake-port.ts'
import {deeds, letters, opened, press, worldOf} from '../../../test/tui/keys.ts'
import {NOW} from '../../../test/tui/shop-events.ts'
import {emptySnapshot, forbiddenShop, service, shop} from '../../../test/tui/shop.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import {listed, selectedRow} from './lists.ts'
import {reduce} from './reduce.ts'
import type {UiState} from './ui.ts'
import {currentScreen, placeOf} from './ui.ts'

const screenAfter = (...keys: string[]) => currentScreen(press(opened(), ...keys).state)
const planScreen = (start: Parameters<typeof deployPlan>[0] = {}): UiState =>
  opened({screens: [{kind: 'overview'}, {kind: 'plan', plan: deployPlan(start), params: {}, index: 0}]})

describe('going from screen to screen', () => {
  test.each([
    [['1'], {kind: 'list', noun: 'services'}],
    [['4'], {kind: 'list', noun: 'backups'}],
    [['8'], {kind: 'list', noun: 'audit'}],
    [['A'], {kind: 'list', noun: 'audit'}],
    [['1', 'esc'], {kind: 'overview'}],
    [['1', '2', 'esc'], {kind: 'overview'}],
    [['1', '0'], {kind: 'overview'}],
    [['enter'], {kind: 'list', noun: 'services'}],
    [['tab', 'enter'], {kind: 'list', noun: 'releases'}],
    [['1', '2', '-'], {kind: 'list', noun: 'services'}],
    [['1', '2', '-', '-'], {kind: 'list', noun: 'alerts'}],
    [['1', 'enter'], {kind: 'details', noun: 'services', id: 'checkout', scroll: 0}],
    [['1', 'right', 'left'], {kind: 'list', noun: 'services'}],
    [['g', 'a'], {kind: 'list', noun: 'alerts'}],
    [['2', 'g', 't'], {kind: 'list', noun: 'audit'}],
    [['g', 'z'], {kind: 'overview'}],
    [[':', 's', 'v', 'c', 'enter'], {kind: 'list', noun: 'services'}],
    [['?'], {kind: 'help', scroll: 0}],
    [['r'], {kind: 'runbooks', query: {text: ''}, index: 0}],
    [['r', 'd', 'r'], {kind: 'runbooks', query: {text: 'dr'}, index: 0}],
    [['r', 'd', 'esc', 'esc'], {kind: 'overview'}],
    [[':', 'c', 'a', 'c', 'h', 'e', 's', 'enter'], {kind: 'list', noun: 'caches'}],
    [[':', 'b', 'a', 'c', 'k', 'tab', 'enter'], {kind: 'list', noun: 'backups'}],
  ])('%j leads to %j', (keys, expected) => {
    expect(screenAfter(...keys)).toMatchObject(expected)
  })

  test('q and Ctrl-C leave the console; Ctrl-C also from a field and from a question', () => {
    expect(deeds(press(opened(), 'q'))).toEqual([{type: 'quit'}])
    expect(deeds(press(opened(), ':', 'q', '!', 'enter'))).toEqual([{type: 'quit'}])
    expect(deeds(press(opened(), 'r', 'x', 'ctrl-c'))).toEqual([{type: 'quit'}])
    const asked = press(planScreen(), 'enter').state
    expect(reduce(asked, {type: 'key', key: 'ctrl-c', at: 0}).effects).toEqual([{type: 'quit'}])
  })

  test('q typed into a field is a letter', () => {
    expect(deeds(press(opened(), 'r', 'q'))).toEqual([])
  })
})

describe('lists', () => {
  test('the selection follows its row when rows move', () => {
    const list = press(opened(), '1', 'j').state
    expect(placeOf(list, 'services')).toMatchObject({id: 'api', index: 1})
    const services = shop.services.map(row => (row.name === 'api' ? {...row, state: 'up' as const} : row))
    const world = worldOf({...shop, services})
    const moved = reduce(list, {type: 'world', world, now: NOW, at: 0}).state
    expect(placeOf(moved, 'services')).toMatchObject({id: 'api', index: 3})
  })

  test('it stays near where it was when its row is gone, and survives an empty list', () => {
    const list = press(opened(), '1', 'G').state
    expect(placeOf(list, 'services').index).toBe(5)
    const fewer = reduce(list, {
      type: 'world',
      world: worldOf({...shop, services: shop.services.slice(0, 2)}),
      now: NOW,
      at: 0,
    }).state
    expect(placeOf(fewer, 'services').index).toBe(1)
    const none = reduce(fewer, {type: 'world', world: worldOf(emptySnapshot), now: NOW, at: 0}).state
    expect(placeOf(none, 'services').index).toBe(0)
    expect(deeds(press(none, 'enter', 'y', 'space'))).toEqual([])
  })

  test('500 rows scroll by the least that is needed, and pages by what is visible', () => {
    const services = Array.from({length: 500}, (_, index) => service(`s${index}`))
    const list = press(opened({columns: 80, rows: 24}, worldOf({...shop, services})), '1').state
    const down = press(list, ...Array.from({length: 8}, () => 'j')).state
    expect(placeOf(down, 'services')).toMatchObject({index: 8, top: 3})
    expect(placeOf(press(down, 'k').state, 'services')).toMatchObject({index: 7, top: 3})
    expect(placeOf(press(down, 'G').state, 'services')).toMatchObject({index: 499, top: 494})
    expect(placeOf(press(down, 'G', 'g', 'g').state, 'services')).toMatchObject({index: 0, top: 0})
    expect(placeOf(press(list, 'pgdn').state, 'services').index).toBe(5)
  })

  test('the filter works while it is typed; Enter keeps it, Esc first takes it away, then leaves', () => {
    const typed = press(opened(), '1', '/', 'm', 'a', 'i').state
    expect(placeOf(typed, 'services').filter).toBe('mai')
    const kept = press(typed, 'enter').state
    expect(kept.overlay).toBeUndefined()
    const cleared = press(kept, 'esc').state
    expect(placeOf(cleared, 'services').filter).toBe('')
    expect(currentScreen(cleared).kind).toBe('list')
    expect(placeOf(press(typed, 'esc').state, 'services').filter).toBe('')
  })

  test('marked rows are what copy is for', () => {
    const copied = deeds(press(opened(), '1', 'space', 'space', 'y'))
    expect(copied).toMatchObject([{type: 'copy', what: '2 rows'}])
  })
})

describe('alerts', () => {
  test('acknowledging takes a note and is for the marked alerts', () => {
    const done = deeds(press(opened(), '2', 'space', 'space', 'a', 'o', 'k', 'enter'))
    expect(done).toEqual([{type: 'acknowledge', alerts: ['a1', 'a3'], note: 'ok'}])
  })

  test('the selection stays on the alert that was acknowledged, wherever it moves to', () => {
    const acknowledged = press(opened(), '2', 'a', 'enter').state
    const [first] = shop.alerts
    const alerts = [
      ...shop.alerts,
      ...(first === undefined ? [] : [{...first, id: 'new', target: 'service/production/a'}]),
    ].map(row => (row.id === 'a1' ? {...row, acknowledged: {by: 'alice', at: NOW, note: ''}} : row))
    const {state} = reduce(acknowledged, {type: 'world', world: worldOf({...shop, alerts}), now: NOW, at: 0})
    expect(selectedRow(state, 'alerts')).toMatchObject({id: 'a1'})
    expect((listed(state, 'alerts').rows[0] as {readonly id: string}).id).toBe('new')
  })

  test('a suggested runbook that needs nothing is planned at once, though it could be told something', () => {
    const alerts = shop.alerts.map(row => ({...row, runbook: {name: 'diagnose', params: {}}}))
    const runbooks = worldOf().runbooks.map(row => ({
      ...row,
      params: row.params.slice(0, 1).map(param => ({...param, required: false, fallback: '8'})),
    }))
    const state = opened({}, {...worldOf({...shop, alerts}), runbooks})
    expect(currentScreen(press(state, '2', 'enter').state)).toMatchObject({kind: 'planning', runbook: 'diagnose'})
    expect(currentScreen(press(state, 'r', ...letters('diagnose'), 'enter').state).kind).toBe('params')
  })

  test('an acknowledged alert cannot be acknowledged again, and the reason is told', () => {
    const {state} = press(opened(), '2', 'j', 'j', 'a')
    expect(state.overlay).toBeUndefined()
    expect(state.toast?.text).toBe('Cannot acknowledge: it is already acknowledged.')
  })

  test('Enter on an alert plans the runbook it suggests, with its parameters', () => {
    const done = deeds(press(opened(), '2', 'enter'))
    expect(done).toEqual([{type: 'plan', runbook: 'diagnose', params: {service: 'checkout'}}])
  })
})

describe('starting a plan', () => {
  test('in a protected environment Enter alone starts nothing; the exact text does', () => {
    expect(deeds(press(planScreen(), 'enter', 'enter', 'enter', 'enter'))).toEqual([])
    expect(deeds(press(planScreen(), 'enter', ...letters('Production'), 'enter'))).toEqual([])
    const [started] = deeds(press(planScreen(), 'enter', ...letters('production'), 'enter'))
    expect(started).toMatchObject({type: 'start', typed: 'production', dryRun: false, reason: ''})
  })

  test('a yes is asked for where text is not: the focus is on Cancel, y chooses Start, Enter starts', () => {
    const plan = planScreen({start: {kind: 'yes', reason: 'it is disruptive'}})
    expect(deeds(press(plan, 'enter', 'enter'))).toEqual([])
    expect(deeds(press(plan, 'enter', 'y'))).toEqual([])
    expect(deeds(press(plan, 'enter', 'y', 'enter'))).toMatchObject([{type: 'start', typed: undefined}])
    expect(deeds(press(plan, 'enter', 'right', 'enter'))).toMatchObject([{type: 'start'}])
    expect(deeds(press(plan, 'enter', 'n', 'enter'))).toEqual([])
  })

  test('a disruptive plan is asked about even when the engine asks for nothing', () => {
    const plan = planScreen({start: {kind: 'none', reason: 'policy'}})
    expect(deeds(press(plan, 'enter', 'enter'))).toEqual([])
  })

  test('what only reads starts at once; a dry run too, because it touches nothing', () => {
    expect(
      deeds(press(planScreen({danger: 'safe', start: {kind: 'none', reason: 'it only reads'}}), 'enter')),
    ).toMatchObject([{type: 'start', dryRun: false}])
    expect(deeds(press(planScreen(), 'D'))).toMatchObject([{type: 'start', dryRun: true, typed: undefined}])
  })

  test('the engine is asked once, however often Enter is pressed, and again only after a failure', () => {
    const safe = planScreen({danger: 'safe', start: {kind: 'none', reason: 'it only reads'}})
    const twice = press(safe, 'enter', 'enter', 'D')
    expect(deeds(twice)).toHaveLength(1)
    const failed = reduce(twice.state, {type: 'start failed', text: 'The audit log cannot be written.'}).state
    expect(deeds(press(failed, 'enter'))).toHaveLength(1)
  })

  test('a question that has just appeared ignores keys for 300 ms', () => {
    const plan = planScreen({start: {kind: 'yes', reason: 'it is disruptive'}})
    const asked = reduce(plan, {type: 'key', key: 'enter', at: 5000}).state
    const at = (ms: number): unknown => reduce(asked, {type: 'key', key: 'right', at: ms}).state.overlay?.data
    expect(at(5299)).toMatchObject({form: {focus: 'cancel'}})
    expect(at(5300)).toMatchObject({form: {focus: 'start'}})
  })

  test('a plan that has just appeared ignores them too', () => {
    const waiting = opened({screens: [{kind: 'overview'}, {kind: 'planning', runbook: 'deploy', params: {}, since: 0}]})
    const plan = deployPlan({danger: 'safe', start: {kind: 'none', reason: 'it only reads'}})
    const shown = reduce(waiting, {type: 'planned', plan, params: {}, at: 9000}).state
    expect(currentScreen(shown).kind).toBe('plan')
    expect(reduce(shown, {type: 'key', key: 'enter', at: 9100}).effects).toEqual([])
  })

  test('a confirmation is typed, never pasted', () => {
    const asked = press(planScreen(), 'enter').state
    const pasted = reduce(asked, {type: 'paste', text: 'production', at: 1e6}).state
    expect(pasted.overlay).toMatchObject({id: 'start', data: {form: {typed: {text: ''}}}})
  })

  test('the reason that was given goes to the engine', () => {
    const done = deeds(
      press(planScreen(), 'enter', 'tab', ...letters('T1'), 'enter', ...letters('production'), 'enter'),
    )
    expect(done).toMatchObject([{type: 'start', reason: 'T1', typed: 'production'}])
  })
})

describe('read-only mode', () => {
  const readOnly = (state: UiState): UiState => ({
    ...state,
    world: {...state.world, snapshot: forbiddenShop('policy')},
  })

  test.each([
    ['acknowledge', ['2', 'a']],
    ['rollback', ['!']],
  ])('%s is refused with the reason', (label, keys) => {
    const pressed = press(readOnly(opened()), ...keys)
    expect(deeds(pressed)).toEqual([])
    expect(pressed.state.toast?.text).toBe(`Cannot ${label}: the policy is read-only, which forbids every change.`)
  })

  test('plans can be seen and not started, not even dry', () => {
    for (const key of ['enter', 's', 'D']) expect(deeds(press(readOnly(planScreen()), key, 'enter'))).toEqual([])
  })

  test('it comes and goes with the snapshot, which asks the gate each time', () => {
    const see = (state: UiState, snapshot: Snapshot): UiState =>
      reduce(state, {type: 'world', world: worldOf(snapshot), now: NOW, at: 0}).state
    const on = see(opened(), forbiddenShop('policy'))
    expect(deeds(press(on, '!'))).toEqual([])
    expect(deeds(press(see(on, shop), '!'))).toMatchObject([{type: 'plan'}])
  })
})

describe('after the start', () => {
  test('the screen of the run takes the place of the plan; Esc leads back to before it, and the run is remembered', () => {
    const started = reduce(planScreen(), {type: 'started', run: RUN}).state
    expect(currentScreen(started)).toMatchObject({kind: 'run', id: RUN})
    expect(started.seen).toEqual([{id: RUN, started: true}])
    expect(currentScreen(press(started, 'esc').state)).toEqual({kind: 'overview'})
  })

  test('who has gone elsewhere is told, not pulled back', () => {
    const elsewhere = reduce(press(opened(), '1').state, {type: 'started', run: RUN}).state
    expect(currentScreen(elsewhere)).toMatchObject({kind: 'list'})
    expect(elsewhere.toast?.text).toContain('R opens it')
  })

  test('a plan that fails leads back to the form with the reason', () => {
    const form = press(
      opened(),
      'r',
      ...letters('deploy'),
      'enter',
      ...letters('2.4.1'),
      'enter',
      'enter',
      'enter',
      'enter',
    ).state
    expect(currentScreen(form).kind).toBe('planning')
    const failed = reduce(form, {type: 'plan failed', text: 'No such version.'}).state
    expect(currentScreen(failed)).toMatchObject({kind: 'params', error: 'No such version.', values: {version: '2.4.1'}})
  })
})

describe('a rollback that is asked for before the runbooks are read', () => {
  const early = {...worldOf(), runbooks: []}
  const read = (state: UiState) => reduce(state, {type: 'world', world: worldOf(), now: NOW, at: 9000})

  test('says what it waits for, and its plan opens when they are there', () => {
    const pressed = press(opened({}, early), '!')
    expect(pressed.state.toast?.text).toContain('The runbooks are being read')
    expect(reduce(pressed.state, {type: 'world', world: early, now: NOW, at: 5000}).effects).toEqual([])
    const then = read(pressed.state)
    expect(deeds(then)).toMatchObject([{type: 'plan', runbook: 'rollback', params: {release: 'web'}}])
    expect(read(then.state).effects).toEqual([])
  })

  test('opens nothing when something else was pressed meanwhile', () => {
    expect(read(press(opened({}, early), '!', 'esc').state).effects).toEqual([])
  })

  test('says when there is none after all', () => {
    const {state} = press(opened({}, early), '!')
    const world = {...worldOf(), runbooks: worldOf().runbooks.filter(({name}) => name !== 'rollback')}
    const then = reduce(state, {type: 'world', world, now: NOW, at: 9000})
    expect(then.state.toast?.text).toBe('Cannot roll back: there is no runbook named rollback.')
  })
})
