import {describe, expect, test} from 'vitest'
import {RUN} from '../../../test/tui/fake-port.ts'
import {opened, worldOf} from '../../../test/tui/keys.ts'
import {forbiddenShop} from '../../../test/tui/shop.ts'
import {runScreen} from '../state/navigate.ts'
import type {ScreenKind} from '../state/ui.ts'
import {actionsHere, keyTable, pressed, valueTable} from './keys.ts'
import {ACTIONS} from './registry.ts'

const KINDS: readonly ScreenKind[] = ['overview', 'list', 'details', 'plan', 'run', 'help', 'planning']

describe('actions', () => {
  test.each(KINDS)('on the screen %s no key means two things', kind => {
    const keys = ACTIONS.filter(action => action.where.includes(kind)).flatMap(action => action.keys)
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  test('no function keys, no Ctrl-I and no Ctrl-M: terminals cannot tell them', () => {
    const keys = ACTIONS.flatMap(action => action.keys)
    expect(keys.filter(key => /^f\d|^ctrl-[im]$/.test(key))).toEqual([])
  })

  test('read-only mode takes away exactly what changes something', () => {
    const usual = actionsHere(opened())
    const readOnly = actionsHere(opened({}, worldOf(forbiddenShop('flag'))))
    expect(usual.filter(action => !readOnly.includes(action)).every(action => action.changes)).toBe(true)
    expect(readOnly.some(action => action.changes)).toBe(false)
  })

  test('a read-only policy leaves the key that stops a run, --read-only does not', () => {
    const running = (by: 'flag' | 'policy') =>
      actionsHere(opened({screens: [{kind: 'overview'}, runScreen(RUN)]}, worldOf(forbiddenShop(by))))
    expect(
      running('policy')
        .filter(action => action.changes)
        .map(({id}) => id),
    ).toEqual(['abort'])
    expect(running('flag').filter(action => action.changes)).toEqual([])
  })

  test('a key that cannot be pressed says why', () => {
    const {world} = opened()
    const nothing = opened({}, {...world, runbooks: world.runbooks.filter(({name}) => name !== 'rollback')})
    expect(pressed(nothing, '!')).toEqual({
      kind: 'refused',
      reason: 'Cannot rollback: there is no runbook named rollback.',
    })
    expect(pressed(nothing, 'Z')).toEqual({kind: 'nothing'})
    expect(pressed(nothing, 'g')).toEqual({kind: 'first key'})
  })

  test('the table for the documentation has every action, with a sentence and a way to it', () => {
    const table = keyTable()
    expect(table).toHaveLength(ACTIONS.length)
    for (const row of table) {
      expect(row.description).toMatch(/^[A-Z].{5,}/)
      expect(row.keys).not.toEqual([])
    }
  })

  test('every pane has something that hotkeys can fill in', () => {
    for (const {names} of valueTable()) expect(names.slice(0, 3)).toEqual(['environment', 'name', 'id'])
  })

  test('no two have one id or one name after the colon', () => {
    const names = ACTIONS.flatMap(({command}) => (command ? [command.name, ...(command.aliases ?? [])] : []))
    for (const list of [ACTIONS.map(each => each.id), names]) expect(new Set(list).size).toBe(list.length)
  })
})
