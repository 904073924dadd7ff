import {createChance} from './chance.ts'
import {createEvidence} from './evidence.ts'
import {createProof, leastRequests, type Tolerance} from './proof.ts'

/** How fast a fault would be seen: half of the times within one, nine of ten within the other. */
export interface Forecast {
  readonly halfMs: number
  readonly mostMs: number
}

export interface ForecastOptions {
  /** Requests a second of both together. */
  readonly requestsPerSecond: number
  /** The share that goes to the canary. */
  readonly weight: number
  /** Share of bad answers without a fault, and with it. */
  readonly base: number
  readonly fault: number
  readonly alpha: number
  readonly everyMs: number
  readonly totalMs: number
  /** What the metric in which it shows is worth in the mean of all. */
  readonly worth: number
}

const TRIES = 400
const SEED = 21
/** A little beyond nine of ten, so that it is kept also by the next two hundred. */
const MOST = 0.94

/**
 * By trying it: times to see a fault are spread so widely that no mean tells them. Undefined: with this traffic it would
 * not be seen in any useful time. Never less than one look.
 */
export function forecast(options: ForecastOptions): Forecast | undefined {
  const chance = createChance(SEED)
  const times: number[] = []
  let unseen = 0
  for (let run = 0; run < TRIES; run += 1) {
    const ms = firstAlarm(options, chance)
    if (ms === undefined) unseen += 1
    // More than these, and nine times of ten cannot be told any more.
    if (unseen > TRIES * (1 - MOST)) return undefined
    times.push(ms ?? Number.POSITIVE_INFINITY)
  }
  times.sort((one, two) => one - two)
  const [halfMs, mostMs] = [times[Math.floor(TRIES / 2)], times[Math.floor(TRIES * MOST)]]
  if (halfMs === undefined || mostMs === undefined || !Number.isFinite(mostMs)) return undefined
  return {halfMs, mostMs}
}

function firstAlarm(options: ForecastOptions, chance: ReturnType<typeof createChance>): number | undefined {
  const {requestsPerSecond, weight, base, fault, alpha, everyMs, totalMs, worth} = options
  const requests = (requestsPerSecond * everyMs) / 1000
  const [canary, stable] = [requests * weight, requests * (1 - weight)]
  if (canary <= 0 || stable <= 0) return undefined
  const evidence = createEvidence({restartsOverMs: totalMs})
  // Those without a fault stand near 1 or below: the mean of all must reach the bound.
  const bound = 1 / alpha / worth
  for (let look = 1; look * everyMs <= totalMs; look += 1) {
    const ms = look * everyMs
    const bad = {canary: chance.poisson(canary * fault), stable: chance.poisson(stable * base)}
    evidence.add({canary: {requests: canary, bad: bad.canary}, stable: {requests: stable, bad: bad.stable}}, ms)
    if (evidence.value() >= bound) return ms
  }
  return undefined
}

export interface PassOptions extends Tolerance {
  /** The share that goes to the canary. */
  readonly weight: number
  /** Share of bad answers of stable now, for each metric that must pass. */
  readonly bases: readonly number[]
}

const PASS_TRIES = 200
/** The least that proves anything, in so many parts, and for how many times that it is tried. */
const PARTS = 10
const LONGEST = 60

/**
 * Requests to a canary that is just like stable until it has passed, half of the times and nine times of ten; undefined
 * where it would not have passed after sixty times the least.
 */
export function forecastPass({weight, bases, ...tolerance}: PassOptions): {half: number; most: number} | undefined {
  const chance = createChance(SEED)
  const step = leastRequests(tolerance) / PARTS
  const needed = Array.from({length: PASS_TRIES}, () => step * stepsToPass({weight, bases, ...tolerance}, step, chance))
  needed.sort((one, two) => one - two)
  const [half, most] = [needed[Math.floor(PASS_TRIES / 2)], needed[Math.floor(PASS_TRIES * MOST)]]
  if (half === undefined || most === undefined || !Number.isFinite(most)) return undefined
  return {half: Math.ceil(half), most: Math.ceil(most)}
}

function stepsToPass(options: PassOptions, requests: number, chance: ReturnType<typeof createChance>): number {
  const {weight, bases} = options
  const stable = (requests * (1 - weight)) / weight
  const proofs = bases.map(base => ({base, proof: createProof(options)}))
  for (let step = 1; step <= PARTS * LONGEST; step += 1) {
    for (const {base, proof} of proofs)
      proof.add({
        canary: {requests, bad: Math.min(requests, chance.poisson(requests * base))},
        stable: {requests: stable, bad: Math.min(stable, chance.poisson(stable * base))},
      })
    if (proofs.every(({proof}) => proof.isGiven())) return step
  }
  return Number.POSITIVE_INFINITY
}
