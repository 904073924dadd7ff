import type {Latency} from './latency.ts'

/** What a version did over some time; latency by requests of our own. */
export interface Figures {
  readonly ms: number
  readonly requests: number
  readonly errors: number
  readonly latency?: Latency
}

export interface ReleaseFigures {
  /** Of the old version, from the first look until the switch; undefined where it was not reached or nobody counts. */
  readonly before: Figures | undefined
  /** Of the new version, while it was watched. */
  readonly after: Figures | undefined
}

type Saved = Readonly<Record<string, unknown>>
type Watched = Figures & {readonly latency?: {readonly before: Latency; readonly now: Latency}}

/** Figures before and after the switch, of what a deploy has saved: `counted at first`, `counted before the switch`, `watch`. */
export function releaseFigures(saved: Saved): ReleaseFigures {
  const watched = saved['watch'] as Watched | undefined
  const before = countedBetween(saved)
  if (watched === undefined) return {before, after: undefined}
  const {ms, requests, errors, latency} = watched
  return {
    before: before && (latency === undefined ? before : {...before, latency: latency.before}),
    after: {ms, requests, errors, ...(latency === undefined ? {} : {latency: latency.now})},
  }
}

function countedBetween(saved: Saved): Figures | undefined {
  const [first, last] = ['counted at first', 'counted before the switch'].map(key => saved[key] as Figures | null)
  if (!first || !last || last.requests < first.requests) return undefined
  return {ms: last.ms - first.ms, requests: last.requests - first.requests, errors: last.errors - first.errors}
}

/** The lines of a table for the report, in markdown. */
export const figuresTable = (
  {before, after}: ReleaseFigures,
  versions: {readonly before: string; readonly after: string},
): readonly string[] => [
  '| | version | seconds | requests | a second | failed | p50 ms | p95 ms | p99 ms |',
  '|---|---|---|---|---|---|---|---|---|',
  row('before the switch', versions.before, before),
  row('after it', versions.after, after),
  '',
  'The last three are of requests of our own, to both versions side by side while the new one was watched.',
]

function row(when: string, version: string, figures: Figures | undefined): string {
  if (figures === undefined) return `| ${when} | ${version} | – | – | – | – | – | – | – |`
  const {ms, requests, errors, latency} = figures
  const seconds = ms / 1000
  const share = requests === 0 ? '–' : `${errors} (${((100 * errors) / requests).toFixed(2)} %)`
  const rate = seconds > 0 ? (requests / seconds).toFixed(1) : '–'
  const percentiles = [latency?.p50, latency?.p95, latency?.p99].map(value => value ?? '–')
  return `| ${[when, version, seconds.toFixed(1), requests, rate, share, ...percentiles].join(' | ')} |`
}
