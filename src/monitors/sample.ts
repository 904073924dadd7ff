import type {Objective} from './objectives/objective.ts'

/** What one probe at one target found. `no data` is never sampled: it is the absence of a fresh sample. */
export type Health = 'up' | 'degraded' | 'down'
export type ServiceState = Health | 'no data'

/** One row of a health document or of a probe's own inspection (H2). */
export interface Check {
  readonly name: string
  readonly status: Health
  /** Escaped, bounded text. */
  readonly detail: string
  readonly latencyMs?: number
}

/**
 * What a probe returns. It never throws for a target that is down: that is its result. What it throws says that it could
 * not probe: a secret that cannot be read, a program that is missing, a fault of this host.
 */
export interface ProbeResult {
  readonly status: Health
  /** One line, escaped: why it is not up, or what was seen. */
  readonly reason: string
  /** Wall time of the probe, milliseconds. */
  readonly latencyMs: number
  readonly checks: readonly Check[]
  /** Measurements that are kept in history, by field name, e.g. `hitRate`, `opsPerSecond`, `usedBytes`. */
  readonly values: Readonly<Record<string, number>>
  readonly version?: string
  /** What the owner's rows need beyond measurements, JSON; typed by the owner (caches/, releases/, backups/...). */
  readonly detail?: unknown
}

/** What came of one attempt to probe. What could not be probed says nothing about the target. */
export type ProbeOutcome =
  | {readonly probed: true; readonly result: ProbeResult}
  | {readonly probed: false; readonly reason: string}

/** The word for one of a kind: `service`, `cache`. The kinds there are stand in `config/kinds.ts`. */
export type TargetKind = string

/** `service/production/web`: the key of a target in the store, in alerts and in dependency edges. */
export type TargetId = `${TargetKind}/${string}/${string}`

export interface Sample extends ProbeResult {
  readonly target: TargetId
  /** Wall clock, milliseconds. */
  readonly at: number
}

/** One probe, as it is kept for sparklines and windows. */
export interface Point {
  readonly at: number
  readonly status: Health
  readonly latencyMs: number
  readonly values?: Readonly<Record<string, number>>
}

/** Something that is probed on a schedule. Each domain folder makes its own targets from its configuration. */
export interface Target {
  readonly id: TargetId
  readonly kind: TargetKind
  readonly environment: string
  readonly name: string
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly objective?: Objective | undefined
  /** Loads what probes it, for whoever wants the first probe to be no slower than others. */
  load?(): Promise<unknown>
  /** Judges how long it took, after what was this process's own delay is taken out. */
  judge?(result: ProbeResult): ProbeResult
  /** Never rejects for an unhealthy target; honours the signal, which is also the deadline. */
  probe(signal: AbortSignal): Promise<ProbeResult>
  /** Another text whenever a change of ours noted something of it: then it is probed at once, not after its interval. */
  noted?(): string | undefined
  /** Closes what it keeps open between probes. */
  close?(): Promise<void>
}

export const targetId = (kind: TargetKind, environment: string, name: string): TargetId =>
  `${kind}/${environment}/${name}`
