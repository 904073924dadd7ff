import {describe, expect, test} from 'vitest'
import type {Look} from './evidence.ts'
import {createEvidence} from './evidence.ts'
import {createJudge, DEFAULTS, type Looks} from './judge.ts'
import {requestsNeeded} from './share.ts'

const look = (canary: readonly [number, number], stable: readonly [number, number]): Look => ({
  canary: {requests: canary[0], bad: canary[1]},
  stable: {requests: stable[0], bad: stable[1]},
})
/** The same looks, four a second. */
function after(looks: readonly Looks[], options = DEFAULTS) {
  const judge = createJudge(options)
  for (const [at, each] of looks.entries()) judge.add(each, (at + 1) * 250)
  return judge.now()
}
const times = (count: number, each: Looks): readonly Looks[] => Array.from({length: count}, () => each)

describe('the verdict', () => {
  const clean = look([5, 0], [95, 0])
  test.each<readonly [string, string, RegExp, readonly Looks[]]>([
    ['no data', 'nothing was seen', /no request/, []],
    ['no data', 'only stable was asked', /no request/, times(100, {errors: look([0, 0], [100, 1])})],
    [
      'no data',
      'only our own requests were seen',
      /no request/,
      times(100, {errors: look([0, 0], [9, 0]), slow: look([8, 0], [8, 0])}),
    ],
    ['inconclusive', 'too little was seen', /not proved yet for errors/, times(4, {errors: clean})],
    ['pass', 'there are no errors at all', /over 500 requests/, times(100, {errors: clean})],
    ['pass', 'it has the errors of stable', /not worse/, times(2000, {errors: look([10, 1], [100, 10])})],
    ['fail', 'all are errors', /errors: 10 of 10 at the canary/, times(3, {errors: look([10, 10], [100, 1])})],
    ['fail', 'its 4xx answers are more', /4xx/, times(20, {errors: clean, refusals: look([10, 5], [100, 2])})],
    ['fail', 'its slow answers are more', /slow/, times(20, {errors: clean, slow: look([8, 8], [8, 0])})],
  ])('is %s when %s', (verdict, _, reason, looks) => {
    const judged = after(looks)
    expect(judged.verdict).toBe(verdict)
    expect(judged.reason).toMatch(reason)
  })

  test('one metric that is not proved keeps the whole from passing', () => {
    const errors = look([5, 0], [95, 0])
    expect(after(times(100, {errors, refusals: look([5, 1], [95, 1])})).verdict).not.toBe('pass')
  })

  test('says how much longer it takes at this traffic, and is then right', () => {
    const calm = {errors: look([5, 0], [95, 0])}
    const {moreMs = 0} = after(times(40, calm))
    expect(moreMs).toBeGreaterThan(0)
    expect(after(times(40 + Math.ceil(moreMs / 250), calm)).verdict).toBe('pass')
    expect(after(times(30 + Math.floor(moreMs / 250), calm)).verdict).toBe('inconclusive')
  })

  test('is never a pass before the requests that are said to be the least, and one with them', () => {
    const least = requestsNeeded(DEFAULTS.toleratedShare, 20)
    const one = {errors: look([1, 0], [19, 0])}
    expect(after(times(least - 1, one)).verdict).toBe('inconclusive')
    expect(after(times(least, one)).verdict).toBe('pass')
  })

  test('is a failure once and for all: what comes after it is not seen by users of the canary', () => {
    const bad = times(3, {errors: look([10, 10], [100, 1])})
    expect(after([...bad, ...times(500, {errors: look([10, 0], [100, 10])})]).verdict).toBe('fail')
  })

  test('of a stage that begins is not that of the one before it', () => {
    const judge = createJudge()
    for (let at = 1; at <= 100; at += 1) judge.add({errors: look([5, 0], [95, 0])}, at * 250)
    expect(judge.now().verdict).toBe('pass')
    judge.nextStage()
    expect(judge.now().verdict).toBe('no data')
    judge.add({errors: look([5, 0], [95, 0])}, 101 * 250)
    expect(judge.now().verdict).toBe('inconclusive')
  })
})

describe('a hard limit', () => {
  const over = (seconds: number, rps: number, share: number) =>
    after(times(seconds * 4, {errors: look([rps / 4, (rps / 4) * share], [1000, 40])}), {...DEFAULTS, alpha: 1e-300})
  test('ends it only after ten seconds and a hundred requests', () => {
    expect(over(9, 40, 0.2).verdict).toBe('inconclusive')
    expect(over(11, 40, 0.2)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/over the limit of 5\.0 %/),
    })
    expect(over(11, 8, 0.2).verdict).toBe('inconclusive')
  })
  test('does not count where stable passes it as well', () => {
    const both = times(60, {errors: look([10, 2], [100, 20])})
    expect(after(both, {...DEFAULTS, alpha: 1e-300}).verdict).not.toBe('fail')
  })
})

test('a fleet whose own instances differ is too uneven to judge', () => {
  const judge = createJudge()
  for (let at = 1; at <= 60; at += 1) {
    judge.placebo('stable-1', look([50, 10], [150, 3]), at * 250)
    judge.add({errors: look([10, 2], [200, 13])}, at * 250)
  }
  expect(judge.now()).toMatchObject({verdict: 'inconclusive', reason: 'this fleet is too uneven to judge'})
})

test('evidence begins at 1, and time alone does not move it', () => {
  const evidence = createEvidence({restartsOverMs: 1_200_000})
  for (let ms = 0; ms <= 2_000_000; ms += 10_000) {
    evidence.add(look([10, 0], [100, 0]), ms)
    expect(evidence.value()).toBeCloseTo(1, 9)
  }
})

test('looks that come so soon that one side got nothing yet tell as much as one that waits for both', () => {
  const [often, once] = [createEvidence({restartsOverMs: 1_200_000}), createEvidence({restartsOverMs: 1_200_000})]
  for (let round = 1; round <= 4; round += 1) {
    for (const requests of [6, 6, 7]) often.add(look([0, 0], [requests, 0]), round * 100)
    often.add(look([1, 1], [0, 0]), round * 100)
    once.add(look([1, 1], [19, 0]), round * 100)
  }
  expect(often.value()).toBeCloseTo(once.value(), 6)
  expect(often.value()).toBeGreaterThan(1_000)
})

test('what is not counted stands at 1 in the mean, before and after it is counted', () => {
  const {errors} = DEFAULTS.worth
  const [alone, beside] = [createJudge(), createJudge()]
  for (let at = 1; at <= 3; at += 1) {
    alone.add({errors: look([5, 1], [95, 0])}, at * 250)
    beside.add({errors: look([5, 1], [95, 0]), refusals: look([5, 0], [95, 0]), slow: look([4, 0], [4, 0])}, at * 250)
  }
  expect(alone.now().evidence).toBeCloseTo(beside.now().evidence, 9)
  const single = createEvidence({restartsOverMs: DEFAULTS.totalMs})
  for (let at = 1; at <= 3; at += 1) single.add(look([5, 1], [95, 0]), at * 250)
  expect(alone.now().evidence).toBeCloseTo(errors * single.value() + 1 - errors, 9)
  expect(Object.values(DEFAULTS.worth).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
})
