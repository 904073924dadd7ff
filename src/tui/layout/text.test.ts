import * as fc from 'fast-check'
import stringWidth from 'string-width'
import {describe, expect, test} from 'vitest'
import {graphemesOf} from './graphemes.ts'
import {cut, tame, truncate, widthOf, wrap} from './text.ts'

describe('tame', () => {
  test.each([
    ['plain text stays as it is', 'checkout is down', 'checkout is down'],
    ['control characters become spaces', 'a\u001b[2Jb\tc', 'a [2Jb c'],
    ['bidi overrides are taken out', 'abc\u202edef', 'abcdef'],
    ['joined emoji become the emoji they are made of', '👩‍🚀', '👩🚀'],
    ['flags become letters', '🇩🇪', 'DE'],
    ['skin tones are taken off', '👍🏽', '👍'],
    ['variation selectors are taken off', '✔\ufe0f', '✔'],
  ])('%s', (_, text, expected) => {
    expect(tame(text)).toBe(expected)
  })
})

describe('width', () => {
  test('the fast path agrees with string-width for every character it takes', () => {
    const wrong: string[] = []
    for (let code = 0x20; code < 0x3000; code++) {
      const character = String.fromCodePoint(code)
      if (/\p{Cc}|\p{Cf}/u.test(character)) continue
      if (widthOf(character) !== stringWidth(character)) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  })

  test('a grapheme of tamed text is as wide as string-width says, whatever it is made of', () => {
    const width = (raw: string): readonly [string, number, number] => {
      const text = tame(raw)
      return [
        text,
        widthOf(text),
        Array.from(graphemesOf(text)).reduce((sum, {segment}) => sum + stringWidth(segment), 0),
      ]
    }
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 12}), raw => {
        const [text, ours, theirs] = width(raw)
        expect(ours, text).toBe(theirs)
      }),
    )
    for (const raw of [
      '日本語',
      '각',
      '\u1100\u1161\u11a8',
      'ｶﾞ',
      'กำ',
      'क्षि',
      'é',
      '1\u20e3',
      '👩‍🚀',
      '❤\ufe0f',
      '\ud83d',
      '\u0600 1',
    ]) {
      const [text, ours, theirs] = width(raw)
      expect(ours, text).toBe(theirs)
    }
  })

  test('cut text is never wider than asked for, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 40}), fc.integer({min: 0, max: 30}), (raw, width) => {
        const text = tame(raw)
        expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width)
        expect(widthOf(truncate(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })

  test('wrapped lines are never wider than asked for, and no word is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.string({maxLength: 12})), fc.integer({min: 2, max: 30}), (words, width) => {
        const lines = wrap(words.join(' '), width)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(tame(words.join(' ')).replaceAll(/\s+/g, ''))
      }),
    )
  })
})
