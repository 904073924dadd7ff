/** One thing that happened to an alert, or to somebody's being notified of it. */
export interface AlertEvent {
  readonly alert: string
  readonly at: number
  readonly kind: 'state' | 'auto' | 'sent' | 'failed' | 'suppressed' | 'dropped' | 'given up'
  /** Whom it is about, of what was or was not sent. */
  readonly channel?: string | undefined
  /** What happened and why, one line. */
  readonly text: string
}

/** Where the timelines of alerts are kept. */
export interface Timelines {
  add(event: AlertEvent): void
  /** Of these alerts since then, oldest first; at most the newest so many of each. */
  of(alerts: readonly string[], since: number, most: number): ReadonlyMap<string, readonly AlertEvent[]>
  forget(before: number): void
}
