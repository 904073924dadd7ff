import {array, assert, constantFrom, property} from 'fast-check'
import {describe, expect, test} from 'vitest'
import {harmlessJson, harmlessText, jsonFor, textFor, workflowCommand} from './workflow-commands.ts'

/** What GitHub's runner does with a line: either form of a command, or nothing. */
const isCommand = (line: string): boolean => /^[\s\u0085]*::/u.test(line) || line.includes('##[')

describe('text from outside never commands the runner', () => {
  test.each([
    ['::set-output name=a::b', ': :set-output name=a::b'],
    ['      ::add-mask::x', '      : :add-mask::x'],
    ['\u00a0\t::stop-commands::t', '\u00a0\t: :stop-commands::t'],
    ['one\n::error::two\r\n ::group::three', 'one\n: :error::two\r\n : :group::three'],
    ['\r::error::after a return', '\r: :error::after a return'],
    ['see ##[add-mask]x', 'see # #[add-mask]x'],
    ['std::vector stays', 'std::vector stays'],
    ['::::', ': :::'],
    ['###[x', '## #[x'],
  ])('%j becomes %j', (text, wanted) => {
    expect(harmlessText(text)).toBe(wanted)
    expect(wanted.split(/\r\n|\n|\r/).some(isCommand)).toBe(false)
  })

  test('no text at all (1000 random ones)', () => {
    const piece = constantFrom('::', ':', '##[', '#', '[', ']', ' ', '\t', '\n', '\r', 'error', '%0A', 'ä')
    assert(
      property(array(piece, {maxLength: 12}), pieces => {
        const safe = harmlessText(pieces.join(''))
        return !safe.split(/[\n\r]/).some(isCommand)
      }),
      {numRuns: 1000},
    )
  })

  test('JSON keeps its value', () => {
    const value = {text: '##[add-mask]x \\##[ ::a', list: ['##[', '###[']}
    const json = harmlessJson(JSON.stringify(value))
    expect(isCommand(json)).toBe(false)
    expect(JSON.parse(json)).toEqual(value)
  })

  test('elsewhere nothing is changed', () => {
    expect(textFor({}, '::x ##[')).toBe('::x ##[')
    expect(jsonFor({GITHUB_ACTIONS: 'false'}, '"##["')).toBe('"##["')
    expect(textFor({GITHUB_ACTIONS: 'true'}, '::x')).toBe(': :x')
  })
})

test.each([
  [workflowCommand('endgroup'), '::endgroup::'],
  [workflowCommand('group', 'a, b: 100 %\nc'), '::group::a, b: 100 %25%0Ac'],
  [
    workflowCommand('error', '50%\r\n::x', {title: 'Step: a, b\n100%'}),
    '::error title=Step%3A a%2C b%0A100%25::50%25%0D%0A::x',
  ],
])('our own commands are escaped: %j', (command, wanted) => {
  expect(command).toBe(wanted)
})
