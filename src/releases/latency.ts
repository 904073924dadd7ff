/** Percentiles in milliseconds of our own requests; one that was not answered in time counts as the longest. */
export interface Latency {
  readonly requests: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}
