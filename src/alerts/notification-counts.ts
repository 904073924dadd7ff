/** What became of notifications since this process began, for metrics. */
export interface NotificationCount {
  readonly channel: string
  readonly outcome: 'sent' | 'failed' | 'suppressed' | 'dropped' | 'given up'
  /** Why: `firing`, `resolved`, `group interval`, `severity`, `attempt failed`. */
  readonly reason: string
  readonly count: number
}

export interface NotificationCounts {
  add(channel: string, outcome: NotificationCount['outcome'], reason: string): void
  list(): readonly NotificationCount[]
}

export function notificationCounts(): NotificationCounts {
  const counts = new Map<string, NotificationCount>()
  return {
    add(channel, outcome, reason) {
      const key = JSON.stringify([channel, outcome, reason])
      counts.set(key, {channel, outcome, reason, count: (counts.get(key)?.count ?? 0) + 1})
    },
    list: () => [...counts.values()],
  }
}
