import {describe, expect, test} from 'vitest'
import {countOf, seedOr} from '../../../test/reliability/sample.ts'
import {type Chance, createChance} from './chance.ts'
import type {Look} from './evidence.ts'
import {forecast, forecastPass} from './forecast.ts'
import {createJudge, DEFAULTS, type Looks, WORTH} from './judge.ts'

/** 1,000 requests a second, 5 % of them to the canary, four looks a second: the lab of the figures. */
const EVERY_MS = 250
const CANARY = 12.5
const STABLE = 237.5
const TEN_MINUTES = 2_400
const CLEAN = countOf('Z2')
const FAULTS = countOf('Z2-faults')
const SEED = seedOr(21)
/** The median of a small sample is not that of all. */
const SLACK = FAULTS < 100 ? 1.5 : 1

const lookOf = (chance: Chance, base: number, fault: number, traffic = 1): Look =>
  answersTo(chance, {canary: chance.poisson(CANARY * traffic), stable: chance.poisson(STABLE * traffic)}, {base, fault})

function answersTo(
  chance: Chance,
  requests: {readonly canary: number; readonly stable: number},
  {base, fault}: {readonly base: number; readonly fault: number},
): Look {
  const of = (count: number, share: number) => ({requests: count, bad: Math.min(count, chance.poisson(count * share))})
  return {canary: of(requests.canary, fault), stable: of(requests.stable, base)}
}

/** A day in ten minutes: traffic between a half and one and a half, and the share of bad answers between a third and twice. */
const wave = (look: number): number => Math.sin((look / TEN_MINUTES) * 2 * Math.PI)
const fleet = [0.4, 0.7, 1, 1.9]

const worlds: Readonly<Record<string, (chance: Chance, base: number, look: number) => Look>> = {
  even: (chance, base) => lookOf(chance, base, base),
  drifting: (chance, base, look) => {
    const now = base * (1 + 0.9 * wave(look))
    return lookOf(chance, now, now, 1 + 0.5 * wave(look * 3))
  },
  // Stable's instances differ from each other by more than four times; the canary is one of that fleet.
  uneven: (chance, base) => {
    const of = fleet.map(times => base * times)
    const mean = of.reduce((sum, share) => sum + share, 0) / of.length
    return lookOf(chance, mean, of[2] ?? base)
  },
}

/** The look at which it failed, 0 when it never did. */
function failedAt(looks: number, next: (look: number) => Looks): number {
  const judge = createJudge(DEFAULTS)
  for (let look = 1; look <= looks; look += 1) {
    judge.add(next(look), look * EVERY_MS)
    if (judge.now().verdict === 'fail') return look
  }
  return 0
}

test(`at most 3 of 1,000 clean canaries are stopped: ${CLEAN} of ten minutes, even, drifting, uneven (seed ${SEED})`, () => {
  const chance = createChance(SEED)
  const stopped: Record<string, number> = {}
  for (let run = 0; run < CLEAN; run += 1) {
    const name = Object.keys(worlds)[run % 3] as string
    const world = worlds[name] as (typeof worlds)[string]
    const base = run % 2 === 0 ? 0.01 : 0.001
    const at = failedAt(TEN_MINUTES, look => ({
      errors: world(chance, base, look),
      refusals: world(chance, 0.02, look),
      slow: lookOf(chance, 0.05, 0.05, 0.05),
    }))
    if (at > 0) stopped[name] = (stopped[name] ?? 0) + 1
  }
  const all = Object.values(stopped).reduce((sum, count) => sum + count, 0)
  process.stdout.write(`clean canaries stopped: ${all} of ${CLEAN} ${JSON.stringify(stopped)}\n`)
  expect(all).toBeLessThanOrEqual(Math.max(1, (CLEAN * 3) / 1000))
}, 600_000)

const quantile = (times: readonly number[], part: number): number =>
  [...times].sort((one, two) => one - two)[Math.floor(times.length * part)] ?? Number.POSITIVE_INFINITY

describe(`faults are seen as fast as the budgets say: ${FAULTS} each (seed ${SEED})`, () => {
  test.each([
    {base: 0.01, fault: 1, cleanMs: 0, medianS: 0.25, bad: 15},
    {base: 0.01, fault: 0.5, cleanMs: 0, medianS: 0.5, bad: 15},
    {base: 0.01, fault: 0.2, cleanMs: 0, medianS: 0.75, bad: 15},
    {base: 0.01, fault: 0.05, cleanMs: 0, medianS: 6, bad: 20},
    {base: 0.01, fault: 0.02, cleanMs: 0, medianS: 60, bad: 60},
    {base: 0.001, fault: 0.05, cleanMs: 0, medianS: 2, bad: 20},
    {base: 0.01, fault: 0.2, cleanMs: 300_000, medianS: 1.25, bad: 15},
    {base: 0.01, fault: 0.05, cleanMs: 300_000, medianS: 7, bad: 20},
    // Between two full minutes, where restarts by minutes alone take more than twice as long.
    {base: 0.01, fault: 0.2, cleanMs: 330_000, medianS: 1.5, bad: 15},
    {base: 0.01, fault: 0.05, cleanMs: 330_000, medianS: 9, bad: 25},
  ])(
    '$fault over $base after $cleanMs ms: half within $medianS s, $bad bad answers',
    ({base, fault, cleanMs, medianS, bad}) => {
      const chance = createChance(SEED)
      const [times, served]: [number[], number[]] = [[], []]
      let early = 0
      for (let run = 0; run < FAULTS; run += 1) {
        let answered = 0
        const at = failedAt(cleanMs / EVERY_MS + TEN_MINUTES, look => {
          const begun = look * EVERY_MS > cleanMs
          const errors = lookOf(chance, base, begun ? fault : base)
          if (begun) answered += errors.canary.bad
          return {errors}
        })
        if (at > 0 && at * EVERY_MS <= cleanMs) early += 1
        else times.push(at === 0 ? Number.POSITIVE_INFINITY : (at * EVERY_MS - cleanMs) / 1000)
        served.push(answered)
      }
      process.stdout.write(
        `fault ${fault} over ${base}${cleanMs > 0 ? ' late' : ''}: median ${quantile(times, 0.5)} s, 95 % ${quantile(times, 0.95)} s, ${quantile(served, 0.5)} bad answers, ${early} early\n`,
      )
      expect(quantile(times, 0.5)).toBeLessThanOrEqual(medianS * SLACK)
      expect(quantile(served, 0.5)).toBeLessThanOrEqual(bad * SLACK)
      expect(times.filter(time => time === Number.POSITIVE_INFINITY)).toEqual([])
      expect(early).toBe(0)
    },
    600_000,
  )
})

test.each([
  [0.2, 0.01],
  [0.05, 0.01],
  [0.02, 0.01],
  [0.05, 0.001],
])(`what is said beforehand holds: %f over %f`, (fault, base) => {
  const said = forecast({
    requestsPerSecond: 1000,
    weight: 0.05,
    base,
    fault,
    alpha: 0.001,
    everyMs: EVERY_MS,
    totalMs: DEFAULTS.totalMs,
    worth: WORTH.errors,
  })
  const chance = createChance(SEED + 1)
  const times = Array.from(
    {length: 200},
    () => failedAt(TEN_MINUTES, () => ({errors: lookOf(chance, base, fault)})) * EVERY_MS,
  )
  const within = (ms: number): number => times.filter(time => time > 0 && time <= ms).length / times.length
  process.stdout.write(`said ${JSON.stringify(said)}: ${within(said!.halfMs)} and ${within(said!.mostMs)}\n`)
  expect(within(said!.halfMs)).toBeGreaterThanOrEqual(0.4)
  expect(within(said!.mostMs)).toBeGreaterThanOrEqual(0.88)
})

/** Canary requests until the judge passes it, looked at as in the lab; Infinity when it has not within ten minutes. */
function passedAfter(chance: Chance, bases: readonly [number, number]): number {
  const judge = createJudge(DEFAULTS)
  let requests = 0
  for (let at = 1; at <= TEN_MINUTES; at += 1) {
    const errors = lookOf(chance, bases[0], bases[0])
    // The same requests: each is answered once.
    const {canary, stable} = {canary: errors.canary.requests, stable: errors.stable.requests}
    const refusals = answersTo(chance, {canary, stable}, {base: bases[1], fault: bases[1]})
    requests += errors.canary.requests
    judge.add({errors, refusals}, at * EVERY_MS)
    if (judge.now().verdict === 'pass') return requests
  }
  return Number.POSITIVE_INFINITY
}

test.each<readonly [number, number]>([
  [0, 0],
  [0.001, 0],
  [0.01, 0],
  [0.01, 0.03],
])('the requests that a pass takes are said beforehand, and hold: %f of errors, %f of 4xx', (errors, refusals) => {
  const said = forecastPass({...DEFAULTS, weight: 0.05, bases: [errors, refusals]})
  const chance = createChance(SEED + 2)
  const needed = Array.from({length: 200}, () => passedAfter(chance, [errors, refusals]))
  // It may be seen one look later.
  const within = (count: number): number => needed.filter(one => one <= count + 2 * CANARY).length / needed.length
  process.stdout.write(`said ${JSON.stringify(said)}: ${within(said!.half)} and ${within(said!.most)}\n`)
  expect(within(said!.half)).toBeGreaterThanOrEqual(0.4)
  expect(within(said!.most)).toBeGreaterThanOrEqual(0.88)
  // Twice as many would be no forecast.
  expect(within(said!.half / 2)).toBeLessThan(0.5)
})

test('where a good version would hardly ever pass, no number of requests is said', () => {
  expect(forecastPass({tolerated: 1.1, toleratedShare: 0.01, weight: 0.05, bases: [0.01, 0]})).toBeUndefined()
})
