import {describe, expect, test} from 'vitest'
import {tailChance} from './tail-chance.ts'
import {finalVerdict, type Reading, tooManyErrors} from './watch.ts'

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
    [10, 0, 'nothing seen'],
    [1000, 0, 'good'],
    [1000, 50, 'good'],
    [1000, 51, 'bad'],
  ] as const)('%i requests with %i errors are %s', (requests, errors, verdict) => {
    const list = [
      {ms: 0, requests: 5, errors: 5},
      {ms: 1000, requests: 5 + requests, errors: 5 + errors},
    ]
    expect(finalVerdict(list, 0.05)).toMatchObject({verdict, requests, errors})
  })
})
