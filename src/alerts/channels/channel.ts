import type {ResolveSecret} from '../../config/fields.ts'
import type {Exec} from '../../processes/exec.ts'
import type {Severity} from '../severity.ts'
import type {RuleName} from '../rows.ts'
import type {News} from '../news.ts'

/** What a channel is sent. Plain data without secrets; the keys are a stable interface for receivers. */
export interface Notification {
  readonly version: 1
  readonly id: string
  /** One news on one channel: the same when it is sent again because nobody knows whether it arrived. */
  readonly key?: string
  /** It was sent before, and nobody knows whether it arrived. */
  readonly maybeSentBefore?: true
  readonly rule: RuleName
  readonly severity: Severity
  readonly target: string
  readonly environment: string
  /** Of its rule, or of whoever told of it; left out: none. */
  readonly labels?: Labels
  /** Who says so, where that is not a rule of ours. */
  readonly source?: string
  /** The runbook that answers it, parameters filled. */
  readonly runbook?: {readonly name: string; readonly params: Readonly<Record<string, string>>}
  /** `superseded`: worse now, under another id. `removed`: no longer in the configuration. Both end this id. */
  readonly state: News
  readonly summary: string
  /** Why it is in its state: what was found, or how it ended. */
  readonly reason: string
  /** Everything in one line, for receivers that show nothing else. */
  readonly text: string
  readonly flapping: boolean
  /** The channel that does not take it, for which this one stands in. */
  readonly fallbackFor: string | null
  /** Moments are ISO 8601. */
  readonly since: string
  readonly firedAt: string | null
  readonly resolvedAt: string | null
  readonly sentAt: string
  /** Sent by `alerts test`: nothing is wrong. */
  readonly test: boolean
  /** More alerts that this notification is about, where alerts are grouped. */
  readonly others: readonly {
    readonly id: string
    readonly severity: Severity
    readonly target: string
    readonly summary: string
    readonly labels?: Labels
    readonly source?: string
  }[]
}

type Labels = Readonly<Record<string, string>>

/** Somewhere a notification goes. Rejects when it was not delivered; the caller retries. */
export interface Channel {
  readonly name: string
  readonly severities: readonly Severity[]
  readonly timeoutMs: number
  /** Most notifications in a minute; left out: no limit. */
  readonly rateLimit?: number | undefined
  /** The channel that is notified as well while this one does not take what it is sent. */
  readonly fallback?: string | undefined
  /** Said by one whose receiver must not be told what came from there. */
  readonly type?: 'alertmanager'
  deliver(notification: Notification, signal: AbortSignal): Promise<void>
}

export interface ChannelTools {
  readonly secret: ResolveSecret
  readonly fetch: typeof fetch
  readonly exec: Exec
}
