import type {ResolveSecret} from '../../config/fields.ts'
import type {Severity} from '../severity.ts'
import type {RuleName} from '../rows.ts'

/** What a channel is notified. Plain data without secrets; the keys are a stable interface for receivers. */
export interface Notification {
  readonly version: 1
  readonly id: string
  readonly rule: RuleName
  readonly severity: Severity
  readonly target: string
  readonly environment: string
  readonly state: 'firing' | 'resolved'
  readonly summary: string
  readonly flapping: boolean
  /** Moments are ISO 8601. */
  readonly since: string
  readonly firedAt: string | null
  readonly resolvedAt: string | null
  readonly sentAt: string
  /** Sent by `alerts test`: nothing is wrong. */
  readonly test: boolean
}

/** Somewhere a notification goes. Rejects when it was not delivered; the caller retries. */
export interface Channel {
  readonly name: string
  readonly severities: readonly Severity[]
  readonly timeoutMs: number
  deliver(notification: Notification, signal: AbortSignal): Promise<void>
}

export interface ChannelTools {
  readonly secret: ResolveSecret
  readonly fetch: typeof fetch
}
