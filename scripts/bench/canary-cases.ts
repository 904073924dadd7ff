import {createChance} from '../../src/releases/analysis/chance.ts'

/** Both versions answer so many requests badly, whatever else they do. */
export const BASE = 0.01
/** Longer than twice what these instances take, on a machine on which others work too. */
export const SLOW_MS = 500

/** What happens to the new version, or to nobody. */
export interface Fault {
  /** Share of its answers that are bad then. */
  readonly errors: number
  /** Share of its answers that take SLOW_MS longer. */
  readonly slow: number
  /** When it begins, after the version got its first share: at once, or in between these. */
  readonly afterMs: readonly [number, number]
}

/** even: always alike · uneven: stable's instances differ by four times · drifting: traffic and errors of all go up and down. */
export type World = 'even' | 'uneven' | 'drifting'

export interface CanaryCase {
  readonly name: string
  readonly fault: Fault | undefined
  readonly world: World
  readonly stages: readonly number[]
  readonly stageTime: string
  readonly seed: number
}

const AT_ONCE = [0, 0] as const
const LATE = [305_000, 360_000] as const
const errors = (share: number, afterMs: Fault['afterMs'] = AT_ONCE): Fault => ({errors: share, slow: 0, afterMs})
const slow = (share: number, afterMs: Fault['afterMs'] = AT_ONCE): Fault => ({errors: BASE, slow: share, afterMs})

interface Kind {
  readonly name: string
  readonly fault: Fault
  readonly stages: readonly number[]
  readonly stageTime: string
  readonly isLate?: boolean
}

/** Stages are as long as such a fault takes nine times of ten at 100 requests a second, and never under half a minute. */
export const KINDS: readonly Kind[] = [
  {name: '2 % errors', fault: errors(0.02), stages: [50, 100], stageTime: '10m'},
  {name: '5 % errors', fault: errors(0.05), stages: [25, 50, 100], stageTime: '1m'},
  {name: '20 % errors', fault: errors(0.2), stages: [25, 50, 100], stageTime: '30s'},
  {name: '100 % errors', fault: errors(1), stages: [25, 50, 100], stageTime: '30s'},
  {name: 'slow', fault: slow(0.3), stages: [25, 50, 100], stageTime: '1m'},
  {name: '20 % errors, late', fault: errors(0.2, LATE), stages: [25, 50, 100], stageTime: '10m', isLate: true},
  {name: 'slow, late', fault: slow(0.3, LATE), stages: [25, 50, 100], stageTime: '10m', isLate: true},
]

export interface HowMany {
  readonly faulty: number
  readonly late: number
  readonly clean: number
  readonly cleanTime: string
  readonly seed: number
}

/** The longest first, so that those which are run side by side end together. */
export function casesOf({faulty, late, clean, cleanTime, seed}: HowMany): readonly CanaryCase[] {
  const worlds = ['even', 'uneven', 'drifting'] as const
  const good = Array.from({length: clean}, (_, nth) => {
    const world = worlds[nth % worlds.length] ?? 'even'
    return {name: `clean, ${world}`, fault: undefined, world, stages: [25, 50, 100], stageTime: cleanTime}
  })
  const bad = [...KINDS]
    .sort((one, two) => Number(two.isLate ?? false) - Number(one.isLate ?? false))
    .flatMap(({isLate = false, ...kind}) =>
      Array.from({length: isLate ? late : faulty}, () => ({...kind, world: 'even' as const})),
    )
  return [...good, ...bad].map((each, nth) => ({...each, seed: seed + nth}))
}

/** How a world is at a moment, milliseconds after its beginning. */
export interface Weather {
  /** Times the usual traffic. */
  traffic(ms: number): number
  /** Share of bad answers of an instance that has no fault. */
  base(instance: string, ms: number): number
}

const WAVE_MS = 600_000
/** Both slots have the same mean. */
const UNEVEN: Readonly<Record<string, number>> = {'blue-1': 0.4, 'blue-2': 1.6, 'green-1': 1.3, 'green-2': 0.7}

export function weatherOf({world, seed}: Pick<CanaryCase, 'world' | 'seed'>): Weather {
  if (world === 'even') return {traffic: () => 1, base: () => BASE}
  if (world === 'uneven') return {traffic: () => 1, base: instance => BASE * (UNEVEN[instance] ?? 1)}
  const phase = createChance(seed).uniform()
  const wave = (ms: number, times: number): number => Math.sin(2 * Math.PI * ((times * ms) / WAVE_MS + phase))
  return {traffic: ms => 1 + 0.5 * wave(ms, 3), base: (_, ms) => BASE * (1 + 0.9 * wave(ms, 1))}
}
