import {describe, expect, test} from 'vitest'
import {opened} from '../../test/tui/keys.ts'
import {BINDINGS} from './bindings.ts'
import {bindingsHere, keyTable, pressed} from './keys.ts'
import type {ScreenKind} from './state/ui.ts'

const KINDS: readonly ScreenKind[] = ['overview', 'list', 'details', 'plan', 'run', 'help', 'planning']

describe('bindings', () => {
  test.each(KINDS)('on the screen %s no key means two things', kind => {
    const keys = BINDINGS.filter(binding => binding.where.includes(kind)).flatMap(binding => binding.keys)
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  test('no function keys, no Ctrl-I and no Ctrl-M: terminals cannot tell them', () => {
    const keys = BINDINGS.flatMap(binding => binding.keys)
    expect(keys.filter(key => /^f\d|^ctrl-[im]$/.test(key))).toEqual([])
  })

  test('read-only mode takes away exactly what changes something', () => {
    const usual = bindingsHere(opened())
    const readOnly = bindingsHere(opened({readOnly: true}))
    expect(usual.filter(binding => !readOnly.includes(binding)).every(binding => binding.changes)).toBe(true)
    expect(readOnly.some(binding => binding.changes)).toBe(false)
  })

  test('a key that cannot be pressed says why', () => {
    const nothing = opened({}, {...opened().world, runbooks: []})
    expect(pressed(nothing, '!')).toEqual({
      kind: 'refused',
      reason: 'Cannot rollback: there is no runbook named rollback.',
    })
    expect(pressed(nothing, 'Z')).toEqual({kind: 'nothing'})
  })

  test('the table for the documentation has every binding, with a sentence', () => {
    const table = keyTable()
    expect(table).toHaveLength(BINDINGS.length)
    for (const row of table) expect(row.description).toMatch(/^[A-Z].{5,}/)
  })
})
