import type {Key} from 'ink'
import {expect, test} from 'vitest'
import {noKey} from '../../test/tui/keys.ts'
import {keyNames} from './keyboard.ts'

const key = (change: Partial<Key> = {}): Key => ({...noKey, ...change})

test.each([
  ['a letter', 'a', {}, ['a']],
  ['a capital', 'A', {shift: true}, ['A']],
  ['an arrow', '', {upArrow: true}, ['up']],
  ['Shift-Tab', '', {tab: true, shift: true}, ['shift-tab']],
  ['Ctrl-R', 'r', {ctrl: true}, ['ctrl-r']],
  ['Alt with a letter means nothing here', 'x', {meta: true}, []],
  ['an unknown sequence', '', {}, []],
  ['several keys in one write', 'jj\rq', {}, ['j', 'j', 'enter', 'q']],
  ['a space among letters', 'a b', {}, ['a', 'space', 'b']],
  ['a control character among letters', 'a\u0003', {}, ['a', 'ctrl-c']],
  ['a character beyond ASCII', 'ü', {}, ['ü']],
])('%s', (_, input, change, expected) => {
  expect(keyNames(input, key(change))).toEqual(expected)
})
