/** How one request ended. `kind` is undefined for a good answer, else what went wrong: `http 503`, `ECONNRESET`... */
export interface Ending {
  readonly at: number
  readonly ms: number
  readonly slow: boolean
  readonly path: string
  readonly server: string
  readonly version: string
  readonly kind: string | undefined
}

interface Tally {
  ok: number
  failed: number
}

/** Bounds between two buckets grow by 5 %, so a percentile is at most 5 % too high. */
const GROWTH = Math.log(1.05)
const SMALLEST_MS = 0.1
const BUCKETS = 320
const REMEMBERED_FAILURES = 20
/** Server names and versions come from responses: an endless variety of them must not grow the table. */
const MOST_NAMES = 64

export interface CountersView {
  readonly since: string
  readonly startedAt: number
  readonly sent: number
  readonly ok: number
  readonly failed: number
  readonly inFlight: number
  readonly failures: Readonly<Record<string, number>>
  readonly servers: Readonly<Record<string, Readonly<Tally>>>
  readonly versions: Readonly<Record<string, Readonly<Tally>>>
  /** Milliseconds, of requests that were not slow on purpose; undefined before the first. */
  readonly p50: number | undefined
  readonly p99: number | undefined
  readonly max: number
  readonly lastFailures: readonly Ending[]
}

/** Exact counts of every request that was sent after the counters were opened: sent = ok + failed + in flight. */
export class Counters {
  readonly startedAt: number
  #sent = 0
  #ok = 0
  #failed = 0
  #max = 0
  #timed = 0
  readonly #failures = new Map<string, number>()
  readonly #servers = new Map<string, Tally>()
  readonly #versions = new Map<string, Tally>()
  readonly #buckets = new Uint32Array(BUCKETS)
  #last: Ending[] = []

  constructor(startedAt: number) {
    this.startedAt = startedAt
  }

  sent(): void {
    this.#sent += 1
  }

  ended(ending: Ending): void {
    const good = ending.kind === undefined
    if (good) this.#ok += 1
    else this.#failed += 1
    tally(this.#servers, ending.server, good)
    tally(this.#versions, ending.version, good)
    if (ending.kind !== undefined) {
      this.#failures.set(ending.kind, (this.#failures.get(ending.kind) ?? 0) + 1)
      this.#last = [...this.#last, ending].slice(-REMEMBERED_FAILURES)
    }
    if (ending.slow) return
    this.#timed += 1
    this.#max = Math.max(this.#max, ending.ms)
    const bucket = bucketOf(ending.ms)
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
  }

  view(since: string): CountersView {
    return {
      since,
      startedAt: this.startedAt,
      sent: this.#sent,
      ok: this.#ok,
      failed: this.#failed,
      inFlight: this.#sent - this.#ok - this.#failed,
      failures: Object.fromEntries(this.#failures),
      servers: Object.fromEntries(this.#servers),
      versions: Object.fromEntries(this.#versions),
      p50: this.#percentile(0.5),
      p99: this.#percentile(0.99),
      max: Math.round(this.#max * 10) / 10,
      lastFailures: this.#last,
    }
  }

  #percentile(share: number): number | undefined {
    let left = Math.ceil(this.#timed * share)
    if (left === 0) return undefined
    for (const [index, count] of this.#buckets.entries()) {
      left -= count
      if (left <= 0) return Math.round(Math.min(this.#max, SMALLEST_MS * Math.exp(index * GROWTH)) * 10) / 10
    }
    return Math.round(this.#max * 10) / 10
  }
}

function bucketOf(ms: number): number {
  return Math.min(BUCKETS - 1, Math.max(0, Math.ceil(Math.log(ms / SMALLEST_MS) / GROWTH)))
}

function tally(table: Map<string, Tally>, name: string, good: boolean): void {
  const key = table.has(name) || table.size < MOST_NAMES ? name : 'others'
  const entry = table.get(key) ?? {ok: 0, failed: 0}
  if (good) entry.ok += 1
  else entry.failed += 1
  table.set(key, entry)
}
