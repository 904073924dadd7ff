import {expect, test} from 'vitest'
import {clipboardSequence} from './clipboard.ts'

test('text goes to the clipboard of the terminal as OSC 52', () => {
  expect(clipboardSequence('run-1', false)).toBe(`\x1b]52;c;${btoa('run-1')}\x07`)
})

test('inside tmux the sequence is wrapped, its own escapes doubled', () => {
  expect(clipboardSequence('x', true)).toBe(`\x1bPtmux;\x1b\x1b]52;c;${btoa('x')}\x07\x1b\\`)
})

test('text that terminals would drop is refused', () => {
  expect(clipboardSequence('x'.repeat(60_000), false)).toBeUndefined()
})
