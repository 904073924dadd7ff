import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {predictionWords, predictRestore, type Timing} from './predict.ts'

const GB = 1_000_000_000
const timing = (at: number, gigabytes: number, ms: number, where: Timing['where'] = 'server'): Timing => ({
  at,
  bytes: gigabytes * GB,
  ms,
  where,
})
const predicted = (timings: readonly Timing[], gigabytes: number, where: Timing['where'] = 'server') =>
  predictRestore(timings, {bytes: gigabytes * GB, where})

describe('the time of a restore', () => {
  test('is not known before one was timed', () => {
    expect(predicted([], 10)).toBeUndefined()
    expect(predicted([timing(1, 0, 5)], 10)).toBeUndefined()
  })

  test('is that of the only one, for each byte', () => {
    expect(predicted([timing(1, 10, 100_000)], 20)?.ms).toBeCloseTo(200_000)
  })

  test('has a fixed part and one for each byte, once sizes differ', () => {
    const timings = [1, 2, 5, 10].map(size => timing(size, size, 30_000 + size * 10_000))
    expect(predicted(timings, 20)?.ms).toBeCloseTo(230_000)
    expect(predicted(timings, 0.1)?.ms).toBeCloseTo(31_000)
  })

  test('is not that of one odd restore', () => {
    const usual = [1, 2, 3, 4, 6, 8, 10].map(size => timing(size, size, 5000 + size * 10_000))
    expect(predicted([...usual, timing(20, 5, 900_000)], 12)?.ms).toBeCloseTo(125_000, -4)
  })

  test('is by those of its own place, when there are enough of them, and by the newest', () => {
    const drills = [1, 2, 3].map(at => timing(at, 10, 50_000, 'scratch'))
    const restores = [4, 5, 6].map(at => timing(at, 10, 100_000))
    expect(predicted([...drills, ...restores], 10)?.ms).toBeCloseTo(100_000)
    expect(predicted([...drills, ...restores], 10, 'scratch')?.ms).toBeCloseTo(50_000)
    expect(predicted([...drills, timing(4, 10, 60_000)], 10)?.from).toHaveLength(4)
    const long = Array.from({length: 20}, (_, at) => timing(at, 10, at < 11 ? 1000 : 70_000))
    expect(predicted(long, 10)?.ms).toBeCloseTo(70_000)
  })

  test('is never negative, and within what it says', () => {
    const one = fc.record({
      at: fc.integer({min: 1, max: 1e6}),
      bytes: fc.integer({min: 1, max: 1e12}),
      ms: fc.integer({min: 1, max: 1e9}),
      where: fc.constantFrom<Timing['where']>('server', 'scratch'),
    })
    fc.assert(
      fc.property(fc.array(one, {minLength: 1, maxLength: 30}), fc.integer({min: 1, max: 1e12}), (timings, bytes) => {
        const found = predictRestore(timings, {bytes, where: 'server'})
        expect(found!.ms).toBeGreaterThan(0)
        expect(found!.lowMs).toBeLessThan(found!.ms)
        expect(found!.highMs).toBeGreaterThan(found!.ms)
        expect(predictionWords(found!, bytes)).toMatch(/^about \S.* by \d+ (restore|drill)/)
      }),
      {seed: 20_261_127},
    )
  })
})

test('it is said with its range, and with what it comes from', () => {
  const timings = [timing(1, 9.8, 170_000), timing(2, 12, 240_000), timing(3, 10, 200_000, 'scratch')]
  expect(predictionWords(predicted(timings, 10)!, 10 * GB)).toMatch(
    /^about 3m \d+s \(2m \d+s to 3m \d+s\) by 2 restores and 1 drill of 9\.\d GB to 1\d(\.\d)? GB$/,
  )
  expect(predictionWords(predicted([timing(1, 1, 1000)], 50)!, 50 * GB)).toMatch(/; none was of \d+(\.\d)? GB$/)
})
