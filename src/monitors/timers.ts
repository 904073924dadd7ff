/** Timers as a dependency: tests move time themselves. */
export interface Timers {
  /** Runs once after `ms`; the returned function forgets it. */
  after(ms: number, run: () => void): () => void
}

export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
