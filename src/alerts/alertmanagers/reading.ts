/** An alert of an Alertmanager as it is kept: escaped, redacted, bounded. */
export interface TheirAlert {
  readonly fingerprint: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: number
  readonly state: 'active' | 'suppressed' | 'unprocessed'
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: readonly string[]
  readonly receivers: readonly string[]
}

export interface TheirMatcher {
  readonly name: string
  readonly value: string
  readonly isRegex: boolean
  readonly isEqual: boolean
}

export interface TheirSilence {
  readonly id: string
  readonly matchers: readonly TheirMatcher[]
  readonly startsAt: number
  readonly endsAt: number
  readonly createdBy: string
  readonly comment: string
  readonly state: 'active' | 'pending' | 'expired'
}

/** What is known of one Alertmanager. What it said last is kept while it does not answer, and shown as that. */
export interface Reading {
  readonly source: string
  /** When it last answered; undefined: it never has. */
  readonly at: number | undefined
  /** When it was last asked. */
  readonly triedAt: number
  /** Why it did not answer then. */
  readonly problem: string | undefined
  /** As it says itself; undefined: it does not say. */
  readonly version: string | undefined
  readonly alerts: readonly TheirAlert[]
  readonly silences: readonly TheirSilence[]
  /** Why its silences cannot be read, though its alerts can. */
  readonly silencesProblem: string | undefined
  /** Entries that nobody could make sense of. */
  readonly unreadable: number
  /** Alerts beyond those that are kept. */
  readonly more: number
}

/** Where readings are kept, so that every window shows the same. */
export interface ReadingStore {
  all(): readonly Reading[]
  save(reading: Reading): void
}
