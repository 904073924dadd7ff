import {runInNewContext} from 'node:vm'
import {expect, test} from 'vitest'
import {inAscii} from './in-ascii.ts'

/** What the code comes to. */
const valueOf = (code: string): unknown => runInNewContext(code)

test.each(['/^[.!?…]$/.test("…")', '/^.$/u.test("😀")', '/[😀-😂]/u.test("😁")', '"↵·".length /* › */'])(
  '%s means the same in ASCII',
  code => {
    const escaped = inAscii(code)
    expect(escaped).toMatch(/^[\0-\x7f]*$/)
    expect(escaped).not.toBe(code)
    expect(valueOf(escaped)).toEqual(valueOf(code))
    expect(valueOf(escaped)).not.toBe(false)
  },
)

test('what is written raw would be another text, so it is refused', () => {
  expect(() => inAscii('let text = String.raw`→`')).toThrow('raw')
})
