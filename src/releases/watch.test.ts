import {describe, expect, test} from 'vitest'
import {atMostChance, tailChance} from './tail-chance.ts'
import {createSlownessWatch} from './slowness.ts'
import {finalVerdict, moreTime} from './verdict.ts'
import {type Reading, tooManyErrors} from './watch.ts'

/** Readings once a second: `rate` requests, of which `errors(second)` fail. */
function readings(seconds: number, rate: number, errors: (second: number) => number): readonly Reading[] {
  const list: Reading[] = [{ms: 0, requests: 1000, errors: 3}]
  for (let second = 1; second <= seconds; second += 1) {
    const last = list.at(-1) ?? {requests: 0, errors: 0}
    list.push({ms: second * 1000, requests: last.requests + rate, errors: last.errors + errors(second)})
  }
  return list
}

describe('the tail of the binomial', () => {
  test.each([
    [0, 10, 0.5, 1],
    [10, 10, 0.5, 1 / 1024],
    [5, 5, 0.05, 0.05 ** 5],
    [2, 3, 0.1, 0.028],
    [9, 10, 0.5, 11 / 1024],
  ])('%i or more of %i at %f', (errors, requests, rate, chance) => {
    expect(tailChance(errors, requests, rate)).toBeCloseTo(chance, 9)
  })
  test.each([
    [0, 10, 0.5, 1 / 1024],
    [1, 10, 0.5, 11 / 1024],
    [0, 58, 0.05, 0.95 ** 58],
    [5, 10, 0.5, 1],
  ])('%i or less of %i at %f', (errors, requests, rate, chance) => {
    expect(atMostChance(errors, requests, rate)).toBeCloseTo(chance, 9)
  })
  test('large counts neither overflow nor take long', () => {
    expect(tailChance(600_000, 1_000_000, 0.5)).toBe(0)
    expect(tailChance(500_000, 1_000_000, 0.5)).toBe(1)
  })
})

describe('watching for errors', () => {
  test('an outage shows after five requests', () => {
    expect(
      tooManyErrors(
        readings(1, 5, () => 5),
        0.05,
      ),
    ).toContain('5 of 5 requests failed')
    expect(
      tooManyErrors(
        readings(1, 4, () => 4),
        0.05,
      ),
    ).toBeUndefined()
  })
  test('errors late in a long good watch are not diluted', () => {
    expect(
      tooManyErrors(
        readings(300, 100, second => (second > 297 ? 60 : 0)),
        0.05,
      ),
    ).toContain('failed')
  })
  test('errors within what is accepted never abort', () => {
    for (let second = 1; second <= 300; second += 1)
      expect(
        tooManyErrors(
          readings(second, 100, () => 5),
          0.05,
        ),
      ).toBeUndefined()
  })
  test('no clean release with 1 % errors is aborted in 200 seeded watches of five minutes', () => {
    let seed = 42
    const random = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed / 2_147_483_648
    }
    let aborted = 0
    for (let run = 0; run < 200; run += 1) {
      const all = readings(300, 10, () => Array.from({length: 10}, random).filter(value => value < 0.01).length)
      for (let end = 1; end < all.length; end += 1) if (tooManyErrors(all.slice(0, end + 1), 0.05)) aborted += 1
    }
    expect(aborted).toBe(0)
  })
})

describe('the end of a watch', () => {
  test.each([
    [0, 0, 'nothing seen'],
    [22, 0, 'nothing seen'],
    [58, 0, 'nothing seen'],
    [59, 0, 'good'],
    [110, 5, 'inconclusive'],
    [1000, 0, 'good'],
    [1000, 30, 'good'],
    [1000, 50, 'inconclusive'],
    [1000, 60, 'inconclusive'],
    [1000, 80, 'bad'],
    [20, 10, 'bad'],
  ] as const)('%i requests with %i errors at a threshold of 5 % are %s', (requests, errors, verdict) => {
    expect(finalVerdict({requests, errors}, 0.05)).toMatchObject({verdict, requests, errors})
  })

  test.each([
    [{requests: 20, errors: 0}, 1000, 1.5, 4],
    [{requests: 110, errors: 3}, 1000, 1, 10],
  ])('of %j in %i ms, what is missing is told in seconds: %i to %i', (seen, ms, least, most) => {
    const more = moreTime(seen, ms, 0.05) ?? Number.NaN
    expect(more / 1000).toBeGreaterThanOrEqual(least)
    expect(more / 1000).toBeLessThanOrEqual(most)
    const requests = seen.requests + Math.ceil((more * seen.requests) / ms)
    expect(finalVerdict({requests, errors: Math.floor((requests * seen.errors) / seen.requests)}, 0.05).verdict).toBe(
      'good',
    )
  })

  test('without traffic, or at the threshold itself, nobody can say when it will be proved', () => {
    expect(moreTime({requests: 0, errors: 0}, 1000, 0.05)).toBeUndefined()
    expect(moreTime({requests: 1000, errors: 50}, 1000, 0.05)).toBeUndefined()
  })
})

describe('a version that is slower than the one before', () => {
  const reference = Array.from({length: 20}, (_, at) => 10 + at)
  test('is found by requests of our own, in a few looks', () => {
    const slowness = createSlownessWatch(reference, 2)
    expect(slowness.limitMs()).toBe(58)
    let looks = 0
    for (; slowness.problem() === undefined && looks < 50; looks += 1)
      slowness.add([810, 820, 815, 830], [12, 15, 11, 20], looks * 1000)
    expect(looks).toBeLessThanOrEqual(4)
    expect(slowness.problem()).toMatch(
      /^slower than the version before: \d+ of \d+ of our own requests took too long, over 5\dms by now, there 0 of/,
    )
  })
  test('is found too after a host that was out of breath at first', () => {
    const slowness = createSlownessWatch(
      reference.map(ms => 20 * ms),
      2,
    )
    let looks = 0
    for (; slowness.problem() === undefined && looks < 200; looks += 1)
      slowness.add(looks % 2 === 0 ? [510, 12] : [14, 11], [12, 15, 11, 20], looks * 1000)
    expect(looks).toBeLessThan(100)
  })
  test('is not one on a host that slows both, nor one that is a little slower', () => {
    const slowness = createSlownessWatch(reference, 2)
    for (let look = 0; look < 300; look += 1)
      slowness.add(look % 9 === 0 ? [400, 300] : [30, 55], look % 9 === 0 ? [420, 280] : [12, 20], look * 1000)
    expect(slowness.problem()).toBeUndefined()
  })
})
