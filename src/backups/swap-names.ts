/** The three names of a swap. `kept` is what the live database is called afterwards. */
export interface SwapNames {
  readonly live: string
  readonly restored: string
  readonly kept: string
}

export interface SwapResult {
  /** How long nobody could begin a session on the live name, milliseconds. */
  readonly awayMs: number
  /** Sessions that were ended. */
  readonly terminated: number
}

/** The way back: the old database gets its name again, the restored one its own. */
export const swapBackNames = (names: SwapNames): SwapNames => ({
  live: names.live,
  restored: names.kept,
  kept: names.restored,
})

/** A name has at most 63 bytes; the run's part is kept whole, the database's is cut. */
export function derived(live: string, word: string, run: string): string {
  const tail = `_${word}_${run
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(-32)}`
  let head = live
  while (Buffer.byteLength(head + tail) > 63) head = head.slice(0, -1)
  return head + tail
}
