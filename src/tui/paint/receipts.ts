/**
 * What a slow link still carries to the terminal. Between this program and a screen far away lie buffers of thousands of
 * bytes that nobody here sees: frames would queue in them, and a key's answer behind those. So the terminal is asked to
 * answer (DSR, which every terminal since the VT100 does) when it has come so far, and on a slow link little is written
 * ahead of that. By the time that answers take, a link shows that it is slow.
 */
export interface Receipts {
  /** How many bytes may be written now; 0 when `ready` will tell. Any number on a link that is not slow. */
  room(): number
  /** Counts what is written; what is to be written behind it. */
  sent(bytes: number): string
  /** The terminal has answered. */
  arrived(): void
  /** Told to be slow, or found to be. */
  readonly isSlow: () => boolean
  /** Resolves when no answer is on its way any more, at the latest after so many ms. */
  settled(withinMs: number): Promise<void>
  readonly isSettled: () => boolean
  /** Whether the terminal has ever answered. */
  readonly isAnswered: () => boolean
}

export interface ReceiptsOptions {
  readonly slow: boolean
  /** A terminal that would show the question is not asked: then the clock stands for its answers. */
  readonly asks: boolean
  /** There is room again. */
  readonly ready: () => void
}

interface Asked {
  readonly bytes: number
  /** Monotonic, ms. */
  readonly at: number
}

export const ASK = '\x1b[5n'
/** So much may be on its way: what a link of 1 KB/s holds with a round trip of 600 ms, and a piece to follow it. */
export const WINDOW = 1024
/** A picture is written in such pieces, so that a key changes what of it is still to come. */
export const PIECE = 512
/** Less than this is not worth a question: on a slow link, and on one that may become so. */
const SMALL = {slow: 200, fast: 1000} as const
/** A link is slow when an answer takes longer than the first, ms, and fast again when three in a row were there within the second. */
const [SLOW_MS, FAST_MS, IN_A_ROW] = [400, 100, 3] as const
/** What a slow link is taken to carry, bytes a ms, where no terminal says. */
const PACE = 1.024
/** An answer may be so much later than that, ms: the first one, and those of a terminal that has answered before. */
const GRACE = [4000, 15_000] as const

export function createReceipts({slow, asks, ready}: ReceiptsOptions): Receipts {
  let [isSlow, asking, answered] = [slow, asks, false]
  /** Bytes that no question stands behind, and those of each question that is not answered. */
  let unasked = 0
  let asked: readonly Asked[] = []
  let fast = 0
  let timer: NodeJS.Timeout | undefined
  let waiting: (() => void)[] = []
  const changeTo = (next: readonly Asked[]): void => {
    asked = next
    clearTimeout(timer)
    const [first] = asked
    if (first !== undefined)
      timer = setTimeout(overdue, first.bytes / PACE + (asking ? GRACE[answered ? 1 : 0] : 0)).unref()
    if (first !== undefined && asking) return
    for (const done of waiting) done()
    waiting = []
  }
  const overdue = (): void => {
    const [, ...rest] = asked
    const gone = asking
    asking = asking && answered
    changeTo(gone ? [] : rest)
    ready()
  }
  const measure = (ms: number): void => {
    fast = ms < FAST_MS ? fast + 1 : 0
    if (ms > SLOW_MS) isSlow = true
    if (fast >= IN_A_ROW) isSlow = slow
  }
  const isSettled = (): boolean => !asking || asked.length === 0
  return {
    room() {
      if (!isSlow) return Number.POSITIVE_INFINITY
      // What was written before it was known to be slow may be any amount: the next piece asks when all of that has come.
      if (asked.length === 0) return PIECE
      const left = asked.reduce((sum, {bytes}) => sum - bytes, WINDOW - unasked)
      return left < PIECE / 2 ? 0 : Math.min(left, PIECE)
    },
    sent(bytes) {
      unasked += bytes
      if (unasked < (isSlow ? SMALL.slow : SMALL.fast) || (!isSlow && (!asking || asked.length > 0))) return ''
      const behind = {bytes: unasked, at: performance.now()}
      unasked = 0
      if (asked.length === 0) changeTo([behind])
      else asked = [...asked, behind]
      return asking ? ASK : ''
    },
    arrived() {
      answered = true
      asking = asks
      const [first] = asked
      if (!first) return
      measure(performance.now() - first.at)
      changeTo(asked.slice(1))
      ready()
    },
    isSlow: () => isSlow,
    async settled(withinMs) {
      if (isSettled()) return
      const {promise, resolve} = Promise.withResolvers<void>()
      waiting.push(resolve)
      const deadline = setTimeout(resolve, withinMs)
      await promise
      clearTimeout(deadline)
    },
    isSettled,
    isAnswered: () => answered,
  }
}
