import type {AlertEvent} from './timeline.ts'
import type {Severity} from './severity.ts'

/** Such as `down`, `hit rate`; those of the configuration have names of their own. */
export type RuleName = string

export interface AlertRow {
  readonly id: string
  /** The Alertmanager whose alert it is, or the sender that told of it; left out: a rule of ours. */
  readonly source?: string | undefined
  readonly rule: RuleName
  readonly severity: Severity
  /** Of its rule, or of whoever told of it; left out: none. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Target id, such as `service/production/web`. */
  readonly target: string
  readonly environment: string
  readonly state: 'pending' | 'firing' | 'resolved'
  /** One line: what is wrong. */
  readonly summary: string
  /** Why it is in its state. */
  readonly reason?: string | undefined
  /** How it ended, once it has. */
  readonly ending?: 'resolved' | 'superseded' | 'removed' | undefined
  readonly since: number
  readonly firedAt: number | undefined
  /** When a pending one fires, if the breach lasts; undefined: it waits for something other than time. */
  readonly firesAt?: number | undefined
  readonly resolvedAt: number | undefined
  readonly acknowledged: {readonly by: string; readonly at: number; readonly note: string} | undefined
  /** The target that it is put down to: nobody is notified of it. */
  readonly cause?: string | undefined
  /** Runbook that usually helps, with its parameters filled. */
  readonly runbook: {readonly name: string; readonly params: Readonly<Record<string, string>>} | undefined
  /** What happened to it and to those who were, or were not, notified; oldest first. Left out: nothing is kept. */
  readonly timeline?: readonly Omit<AlertEvent, 'alert'>[]
  /** Delivery state a channel: `delivered`, `failed: ...`, `suppressed: ...`, `dropped: ...`, `given up: ...`, `sent by ... by hand`. */
  readonly deliveries: readonly {
    readonly channel: string
    readonly state: string
    readonly at: number
    /** It was given up, and can be sent again: what it is known by, with the alert and the channel. */
    readonly undelivered?: number
  }[]
}
