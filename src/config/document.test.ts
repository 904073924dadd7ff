import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {OpsError} from '../errors.ts'
import {parseDocument} from './document.ts'
import {EXAMPLE} from './example.ts'
import {readConfig} from './load.ts'
import {writeConfig} from './write.ts'
import {countOf} from '../../test/reliability/sample.ts'

const parse = (text: string | Uint8Array): unknown =>
  parseDocument(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'x.yaml').value

function refusal(text: string | Uint8Array): string {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof OpsError && error.code === 'config/unreadable') return error.message
    throw error
  }
  throw new Error('it was accepted')
}

const bomb = (levels: number): string => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level <= levels; level++) {
    lines.push(`a${level}: &a${level} [${Array.from({length: 9}, () => `*a${level - 1}`).join(', ')}]`)
  }
  return lines.join('\n')
}

describe('a hostile or broken file is refused in words', () => {
  test.each([
    ['nothing', '', 'x.yaml: is empty'],
    ['only comments', '# a\n# b\n', 'x.yaml: is empty'],
    ['bytes that are no text', new Uint8Array([0x61, 0x3a, 0xff, 0xfe]), 'x.yaml: is not UTF-8 text'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'x.yaml: holds more than one YAML document'],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'x.yaml: line 3, column 1: the key "a" is a duplicate'],
    [
      '__proto__',
      'a:\n  __proto__: {readOnly: true}\n',
      'x.yaml: line 2, column 3: __proto__ is not accepted as a key',
    ],
    ['a list as a key', '? [a, b]\n: 1\n', /line 1.*string/],
    ['a tag that runs code elsewhere', 'a: !!js/function "x"\n', /line 1, column 4: Unresolved tag/],
    ['a file of another kind', '{"a": ', /line 1/],
    ['tabs for indentation', 'a:\n\t- b\n', /line 2/],
    ['an alias of nothing', 'a: *b\n', /Unresolved alias|refers to no earlier/],
    ['an alias inside what it stands for', 'a: &a [*a]\n', /alias may not refer to what contains it|circular/i],
    ['aliases that stand for billions', bomb(12), /expands to more than 75000 values/],
    ['depth in brackets', `a: ${'['.repeat(200_000)}`, /nested more than 32 levels deep/],
    ['depth in dashes', '- '.repeat(100_000), /nested more than 32 levels deep/],
    ['depth in braces', '{a: '.repeat(50_000), /nested more than 32 levels deep/],
    [
      'a hundred thousand keys',
      Array.from({length: 100_000}, (_, index) => `k${index}: 1`).join('\n'),
      'x.yaml: has more than 400000 keys, values and marks between them',
    ],
    [
      'a problem in every byte',
      `a: [${','.repeat(200_000)}]`,
      'x.yaml: line 1, column 6: Unexpected , in flow sequence',
    ],
    ['a bracket too many, often', 'a: ]\n'.repeat(50_000), /^x.yaml: line 1, column 4: Unexpected flow-seq-end/],
    ['a hundred thousand documents', '---\n'.repeat(100_000), 'x.yaml: holds more than one YAML document'],
    ['a hundred thousand directives', `${'%X\n'.repeat(100_000)}---\na: 1`, /line 1, column 1: Unknown directive %X/],
    ['a list too long for people', `a: [${'x,'.repeat(10_001)}]`, /line 1, column 4: has 10001 entries, .* than 10000/],
    ['a huge file', new Uint8Array(5 * 1024 * 1024).fill(0x61), 'x.yaml: is larger than 2 MB'],
  ])('%s', (_, text, expected) => {
    if (typeof expected === 'string') expect(refusal(text)).toBe(expected)
    else expect(refusal(text)).toMatch(expected)
  })

  test('control characters of the file do not reach the message', () => {
    expect(refusal('a: 1\n"\u009b31m": 1\n"\u009b31m": 2\n')).not.toContain('\u009b')
  })
})

test('anchors may be shared by many entries', () => {
  const text = `base: &base {a: 1}\nlist:\n${'  - *base\n'.repeat(5000)}`
  expect((parse(text) as {list: unknown[]}).list).toHaveLength(5000)
})

test('a place is found for values, keys, items behind aliases, and what is missing', () => {
  const document = parseDocument(new TextEncoder().encode('a: &x\n  - name: one\n  - name: two\nb: *x\n'), 'x.yaml')
  expect(document.locate(['a', 1, 'name'])).toEqual({line: 3, column: 11})
  expect(document.locate(['a', 1, 'name'], 'key')).toEqual({line: 3, column: 5})
  expect(document.locate(['b', 0, 'name'])).toEqual({line: 2, column: 11})
  expect(document.locate(['a', 1, 'gone'])).toEqual({line: 3, column: 5})
  expect(document.locate([])).toEqual({line: 1, column: 1})
})

test('whatever a file holds, it is accepted or refused with an error of the catalogue', () => {
  const example = writeConfig(EXAMPLE)
  const pieces = fc.array(
    fc.constantFrom(
      'a',
      ': ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '!!x ',
      '"',
      "'",
      '|',
      '\n',
      '  ',
      '\t',
      '#',
      '---\n',
    ),
  )
  const damaged = fc
    .tuple(fc.nat(example.length), fc.nat(40), fc.string())
    .map(([at, length, put]) => example.slice(0, at) + put + example.slice(at + length))
  const files = fc.oneof(
    pieces.map(list => list.join('')),
    fc.string(),
    damaged,
  )
  fc.assert(
    fc.property(files, text => {
      try {
        readConfig(text, '/x.yaml')
      } catch (error) {
        expect(error).toBeInstanceOf(OpsError)
        expect((error as OpsError).code).toMatch(/^config\/(unreadable|invalid)$/)
      }
    }),
    {numRuns: countOf('P5')},
  )
})
