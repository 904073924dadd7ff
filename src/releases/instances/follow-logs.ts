import {messageOf} from '../../errors.ts'
import {lineStream} from '../../text/lines.ts'
import type {Redactor} from '../../text/redact.ts'

/** Where the lines go that somebody looks at. */
export interface Spool {
  append(lines: readonly string[]): boolean
  size(): number
  close(): void
}

export interface FollowedLogs<Kept extends Spool> {
  readonly spool: Kept
  /** More may come by itself. */
  readonly reading: boolean
  /** Why there is not more, or nothing. */
  readonly trouble: string | undefined
}

export interface FollowTools<Kept extends Spool> {
  /** What one instance prints. */
  readonly stream: (signal: AbortSignal, take: (bytes: Uint8Array) => void) => Promise<void>
  readonly openSpool: () => Kept
  readonly redactor: Redactor
  readonly changed: () => void
  /** Monotonic clock, ms. */
  readonly monotonic: () => number
}

/** A source that has ended is read again after this time, as long as somebody follows it. */
const AGAIN_MS = 3000

/**
 * The log of one instance for as long as somebody looks at it, redacted and escaped. Most sources print their last lines
 * and end: they are read again, and what was read takes the place of the old lines once it is there whole.
 */
export function followLogs<Kept extends Spool>(tools: FollowTools<Kept>) {
  let shown = readOnce(tools)
  let next: Reading<Kept> | undefined
  /** Of a further reading. */
  let trouble: string | undefined
  return {
    /** What is known now. `follow`: newer lines are wanted. */
    now(follow: boolean): FollowedLogs<Kept> {
      if (follow && next?.endedAt() !== undefined) {
        trouble = next.trouble()
        // What is shown stays where nothing better came.
        const replaced = trouble === undefined ? shown : next
        if (replaced === shown) shown = next
        else shown.again(tools.monotonic())
        replaced.stop()
        next = undefined
      }
      const endedAt = shown.endedAt()
      if (follow && endedAt !== undefined && tools.monotonic() - endedAt >= AGAIN_MS) next ??= readOnce(tools)
      return {spool: shown.spool, reading: endedAt === undefined, trouble: trouble ?? shown.trouble()}
    },
    stop(): void {
      shown.stop()
      next?.stop()
    },
  }
}

interface Reading<Kept> {
  readonly spool: Kept
  endedAt(): number | undefined
  trouble(): string | undefined
  again(at: number): void
  stop(): void
}

function readOnce<Kept extends Spool>({
  stream,
  openSpool,
  redactor,
  changed,
  monotonic,
}: FollowTools<Kept>): Reading<Kept> {
  const spool = openSpool()
  const stopping = new AbortController()
  let [endedAt, trouble]: [number | undefined, string | undefined] = [undefined, undefined]
  let lines: string[] = []
  const incoming = lineStream(redactor, line => lines.push(line))
  const keep = (): void => {
    if (stopping.signal.aborted) return
    const kept = spool.append(lines)
    lines = []
    if (kept) return changed()
    trouble = 'it is longer than can be kept here: its beginning is shown'
    stopping.abort()
  }
  const take = (bytes: Uint8Array): void => {
    incoming.push(bytes)
    keep()
  }
  const ended = stream(stopping.signal, take).then(
    () => {
      incoming.end()
      keep()
    },
    (error: unknown) => {
      trouble ??= messageOf(error)
    },
  )
  void ended.then(() => {
    endedAt = monotonic()
    changed()
  })
  return {
    spool,
    endedAt: () => endedAt,
    trouble: () => trouble,
    again: at => {
      endedAt = at
    },
    stop: () => {
      stopping.abort()
      void ended.then(() => spool.close())
    },
  }
}
