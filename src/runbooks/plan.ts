import type {Danger, Decision, Forecast} from './define.ts'
import type {RunbookFile} from './module-watch.ts'
import type {HostRetry, PlannedHosts} from './planned-hosts.ts'

/** A step as it was frozen. What a person saw, and all that may be done. */
export interface PlannedStep {
  readonly id: string
  readonly index: number
  readonly title: string
  readonly why: string
  readonly targets: readonly string[]
  /** Left out when it is not a step over hosts. */
  readonly hosts?: PlannedHosts
  readonly forecast: Forecast
  /** Why the forecast is what it is, when that is known. */
  readonly confirm:
    | {readonly text: string; readonly touches: readonly string[]; readonly type: string | undefined}
    | undefined
  readonly manual: string | undefined
  /** Program that will be run in a person's terminal. */
  readonly terminal?: readonly string[]
  /** Its question shows the commands that it would run; left out when it is automatic. */
  readonly assisted?: boolean
  readonly skipped: string | undefined
  readonly undo: boolean
  readonly verify: boolean
  readonly readOnly: boolean
  readonly timeoutMs: number
  readonly retries: number
  readonly stopCost: string
  /** What may be decided while it runs; left out where nothing is. */
  readonly decisions?: readonly Decision[]
  /** Median of earlier runs, milliseconds; undefined when it never ran. */
  readonly usualMs: number | undefined
  /** How long it will take, and by what that is known; left out when nobody knows. */
  readonly estimate?: string
}

/** A guard as it was frozen. Times in milliseconds. */
export interface PlannedGuard {
  readonly id: string
  readonly title: string
  readonly everyMs: number
  readonly timeoutMs: number
  /** Looks in a row that must fail before the run is stopped. */
  readonly failures: number
  /** Stands from the end of this step on. */
  readonly after?: string
}

/**
 * A frozen plan. `hash` covers everything that decides: code, parameters, environment and its protection, facts, steps with
 * their questions, guards, locks, what must be said at the start. Not forecasts and durations, which only inform.
 */
export interface Plan {
  readonly run: string
  readonly runbook: string
  readonly summary: string
  readonly danger: Danger
  readonly environment: string
  readonly protected: boolean
  /** Redacted. */
  readonly params: Readonly<Record<string, unknown>>
  readonly locks: readonly string[]
  readonly facts: unknown
  readonly steps: readonly PlannedStep[]
  /** What must hold all the while; left out when nothing is guarded. */
  readonly guards?: readonly PlannedGuard[]
  readonly onFailure: 'undo' | 'leave'
  /** Only for hosts that an earlier run failed on or never reached. */
  readonly retry?: HostRetry
  /** SHA-256 over all `files`; of a single one its own. */
  readonly runbookHash: string
  /** What `runbookHash` is over; other files the run may not load. Left out by versions that did not look. */
  readonly files?: readonly RunbookFile[]
  /** Packages that they import, which no hash is over. */
  readonly packages?: readonly string[]
  readonly hash: string
  /** What must be said before it starts: nothing, yes, or a typed text. */
  readonly start:
    | {readonly kind: 'none'; readonly reason: string}
    | {readonly kind: 'yes'; readonly reason: string}
    | {readonly kind: 'type'; readonly text: string; readonly reason: string}
  /** Another person must approve exactly this plan; left out when nobody needs to. */
  readonly approval?: {readonly expiresMs: number; readonly reason: string}
  readonly usualMs: number | undefined
  readonly at: number
}
