import {sleep} from '../units/clock.ts'
import {DRAWN_A_CALL} from './own-work.ts'
import type {CacheServer, ScanStep} from './server.ts'
import {addKeys, classifierOf, countKeys, emptyCounts, type Namespace, type NamespaceCount} from './namespace-counts.ts'

/** Keys a SCAN step visits. With 1,000 another client's p99 rises to 1.6 ms; with 100 it does not move. */
export const SCAN_COUNT = 100
/** Keys measured in one pipeline; Redis works off a pipeline in one go. */
const MEASURE_BATCH = 50
/** Every how manieth key is measured where nobody tells how many there are. */
const UNSIZED_EVERY = 10
/** After this many steps the server gets a breath. */
const STEPS_A_BREATH = 25

/** An exact count under way. Immutable: each slice gives the next one. */
export interface CountProgress {
  /** Undefined: complete. */
  readonly cursor: string | undefined
  readonly counts: readonly NamespaceCount[]
  readonly scanned: number
  /** Keys in the database when the count began; undefined: this role may not ask. */
  readonly size: number | undefined
  /** Every how manieth key has its TTL and size read. */
  readonly measureEvery: number
  /** Keys whose TTL and size will be read in the next full pipeline. */
  readonly waiting: readonly string[]
}

/** Begins a count of all keys, with TTL and size of about `measured` of them, evenly spread. */
export async function beginCount(
  server: CacheServer,
  namespaces: readonly Namespace[],
  measured: number,
): Promise<CountProgress> {
  const size = await server.size()
  return {
    cursor: '0',
    counts: emptyCounts(namespaces),
    scanned: 0,
    size,
    // Up to twice as many are all read: then the measurements are exact.
    measureEvery: size === undefined ? UNSIZED_EVERY : size <= 2 * measured ? 1 : Math.ceil(size / measured),
    waiting: [],
  }
}

/**
 * Goes on with a count for at most `steps` steps of SCAN. The next step is asked for before the keys of the last one
 * are sorted, so that client and server work at the same time.
 */
export async function countSlice(
  server: CacheServer,
  namespaces: readonly Namespace[],
  from: CountProgress,
  options: {readonly steps: number; readonly signal: AbortSignal; readonly breathe: boolean},
): Promise<CountProgress> {
  const rules = {namespaces, classify: classifierOf(namespaces)}
  const ask = (cursor: string): Promise<ScanStep> => {
    const asked = server.scan(cursor, {count: SCAN_COUNT})
    // When the step before fails, nobody waits for this one any more.
    asked.catch(() => undefined)
    return asked
  }
  let progress = from
  let pending = from.cursor === undefined ? undefined : ask(from.cursor)
  for (let step = 1; pending !== undefined; step += 1) {
    options.signal.throwIfAborted()
    const {cursor, keys} = await pending
    if (options.breathe && step % STEPS_A_BREATH === 0) await sleep(1, options.signal)
    pending = cursor === '0' || step >= options.steps ? undefined : ask(cursor)
    progress = await addStep(server, {...progress, cursor: cursor === '0' ? undefined : cursor}, keys, rules)
  }
  return progress
}

async function addStep(
  server: CacheServer,
  progress: CountProgress,
  keys: readonly string[],
  rules: {readonly namespaces: readonly Namespace[]; readonly classify: (key: string) => number},
): Promise<CountProgress> {
  const {scanned, measureEvery, cursor} = progress
  const isMeasured = (_key: string, index: number): boolean => (scanned + index) % measureEvery === 0
  const measured = keys.filter(isMeasured)
  const counted = measured.length === 0 ? keys : keys.filter((key, index) => !isMeasured(key, index))
  let counts = countKeys(progress.counts, counted, rules.classify)
  // A pipeline for the two keys of one step would double the round trips: they wait until one is full.
  let waiting: readonly string[] = measured.length === 0 ? progress.waiting : [...progress.waiting, ...measured]
  const least = cursor === undefined ? 1 : MEASURE_BATCH
  while (waiting.length >= least) {
    counts = addKeys(counts, await server.measure(waiting.slice(0, MEASURE_BATCH)), rules)
    waiting = waiting.slice(MEASURE_BATCH)
  }
  return {...progress, counts, waiting, scanned: scanned + keys.length}
}

/** What a random sample says about all keys. */
export interface Estimate {
  readonly counts: readonly NamespaceCount[]
  readonly sampled: number
  readonly size: number
  /** Largest error of a namespace's share of all keys, 95 of 100 times: 0.98 √(1 / sampled + UNEVEN / size). */
  readonly errorBound: number
}

/**
 * RANDOMKEY picks a bucket first, so keys of crowded buckets come less often. Measured on Redis 7 with 40 to 4,000 keys: the
 * variance of how often a key comes is up to a tenth. Over many keys this evens out, over few it is the larger error.
 */
const UNEVEN = 0.1

/**
 * Estimates from random keys, in calls of 50. Undefined: this role may not run what is needed.
 */
export async function estimate(
  server: CacheServer,
  namespaces: readonly Namespace[],
  options: {readonly sample: number; readonly signal: AbortSignal},
): Promise<Estimate | undefined> {
  const rules = {namespaces, classify: classifierOf(namespaces)}
  const size = await server.size()
  if (size === undefined) return undefined
  let counts = emptyCounts(namespaces)
  let sampled = 0
  for (let call = 0; sampled < options.sample; call += 1) {
    options.signal.throwIfAborted()
    if (call % STEPS_A_BREATH === STEPS_A_BREATH - 1) await sleep(1, options.signal)
    const seen = await server.sample(DRAWN_A_CALL)
    if (seen === undefined) return undefined
    if (seen.length === 0) break
    counts = addKeys(counts, seen, rules)
    sampled += seen.length
  }
  return {counts, sampled, size, errorBound: sampled === 0 ? 1 : 0.98 * Math.sqrt(1 / sampled + UNEVEN / size)}
}
