import {afterAll, describe, expect, test} from 'vitest'
import {systemClock} from '../units/clock.ts'
import {openMatcher} from './matcher.ts'

/** Each with a text that makes it slow. */
const CATASTROPHIC: readonly (readonly [string, string])[] = [
  [String.raw`^(\w+\s?)*$!`, 'x'.repeat(40)],
  ['(a+)+$', `${'a'.repeat(40)}!`],
  ['(a|a)*$', `${'a'.repeat(60)}!`],
  ['(a|b|ab)*c', 'ab'.repeat(60)],
  ['(.*a){20}$', `${'a'.repeat(60)}!`],
  [String.raw`^(([a-z])+.)+[A-Z]([a-z])+$`, 'a'.repeat(60)],
  [String.raw`(\d+)*x`, '1'.repeat(60)],
  [String.raw`\d+x`, '1'.repeat(400_000)],
  ['(?=(a+)+b)', 'a'.repeat(60)],
  [String.raw`(a*)*\1b`, 'a'.repeat(60)],
  ['(a|a)(a|a)'.repeat(20).concat('b'), 'a'.repeat(60)],
  [String.raw`^(?:(?:[\w.+-]+)+@)+$`, 'a'.repeat(60)],
]

describe('an expression that would never come to an end', () => {
  test.each(CATASTROPHIC)('%s is ended, named and counted', async (source, text) => {
    const matcher = openMatcher(systemClock, 100)
    const found = await matcher.match(source, text)
    expect(found).toMatchObject({unknown: expect.stringContaining('ran out of time (100 ms) and rests for 1m')})
    expect(matcher.ended).toBe(1)
    expect(await matcher.match('^fine+$', 'fine')).toBe('yes')
    matcher.close()
  })

  test('leaves everything else its time', async () => {
    const matcher = openMatcher(systemClock)
    let turns = 0
    const timer = setInterval(() => (turns += 1), 5)
    await matcher.match('(a+)+$', `${'a'.repeat(40)}!`)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(10)
    matcher.close()
  })

  test('rests, twice as long each time, at most an hour, and is not tried meanwhile', async () => {
    let now = 0
    const matcher = openMatcher({monotonic: () => now}, 50)
    const says = () => matcher.match('(a+)+$', `${'a'.repeat(40)}!`)
    const rests: string[] = []
    for (let round = 0; round < 8; round += 1) {
      const found = await says()
      rests.push(/rests for (.*)/.exec(typeof found === 'string' ? found : found.unknown)?.[1] ?? '')
      expect(await says()).toEqual(found)
      expect(matcher.ended).toBe(round + 1)
      now += 3_600_000
    }
    expect(rests).toEqual(['1m', '2m', '4m', '8m', '16m', '32m', '1h', '1h'])
    expect(await matcher.match('(a+)+$', 'aaa')).toBe('yes')
    now += 1
    expect(await says()).toMatchObject({unknown: expect.stringContaining('rests for 1m')})
    matcher.close()
  })

  test('takes the time of all others at most a second', async () => {
    const matcher = openMatcher(systemClock)
    const slow = ['(a+)+$', '(a+)+b', '(a+)+c', '(a+)+d'].map(each => matcher.match(each, `${'a'.repeat(40)}!`))
    const found = await Promise.all([...slow, matcher.match('fine+', 'fine')])
    const why = found.map(each =>
      typeof each === 'string' ? each : /ran out of time|was not tried/.exec(each.unknown)?.[0],
    )
    expect(why).toEqual(['ran out of time', 'ran out of time', 'was not tried', 'was not tried', 'was not tried'])
    matcher.close()
  })
})

describe('an expression that comes to an end', () => {
  const matcher = openMatcher(systemClock)
  afterAll(() => matcher.close())

  test.each<[string, string, string, 'yes' | 'no']>([
    ['^ok$', 'ok', '', 'yes'],
    ['^ok$', 'not ok', '', 'no'],
    ['max-age=\\d+', 'MAX-AGE=60', 'i', 'yes'],
    ['^(?!.*error).*ready', 'is ready', '', 'yes'],
    ['^(?!.*error).*ready', 'error: not ready', '', 'no'],
    ['a.*b', `a\u2028"\\'b`, 's', 'yes'],
    ['x*y', '\ud800', '', 'no'],
    ['(?<year>\\d{4})-\\k<year>', '2026-2026', '', 'yes'],
    ['ready|up', 'up', '', 'yes'],
  ])('/%s/ on %j with flags %j: %s', async (source, text, flags, wanted) => {
    expect(await matcher.match(source, text, flags)).toBe(wanted)
  })

  test('many at once are all answered', async () => {
    const found = await Promise.all(
      Array.from({length: 200}, (_, index) => matcher.match(`^x{${index}}$`, 'x'.repeat(index))),
    )
    expect(new Set(found)).toEqual(new Set(['yes']))
  })

  test('whose thread is gone says so, and the next one gets another', async () => {
    const own = openMatcher(systemClock)
    const first = own.match('x+', 'x')
    await Promise.resolve()
    own.close()
    expect(['yes', {unknown: 'the expression /x+/ could not be tried: its thread ended'}]).toContainEqual(await first)
    expect(await own.match('x+', 'x')).toBe('yes')
    own.close()
  })
})
