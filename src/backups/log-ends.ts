/** Where a server's log ended, as probes saw it: how old the end is that somebody else has. */
export interface LogEnds {
  /** `at` is a moment at which the log was at most that long: the one before it was asked. */
  readonly note: (end: {readonly at: number; readonly position: bigint}) => void
  /** The last moment of which it is known that the log ended at or before that position; undefined when none is. */
  readonly before: (position: bigint) => number | undefined
}

/** An hour or two of probes; who is further behind is so far behind that the archive says more. */
const MOST = 240

export function keepLogEnds(): LogEnds {
  let ends: {readonly at: number; readonly position: bigint}[] = []
  return {
    note(end) {
      const last = ends.at(-1)
      // A log that became shorter, or a clock that was set back, is another story.
      if (last !== undefined && (end.position < last.position || end.at < last.at)) ends = []
      // Of a log that stands still the last moment is enough.
      if (last?.position === end.position) ends.pop()
      ends.push(end)
      if (ends.length > MOST) ends.shift()
    },
    before: position => ends.findLast(end => end.position <= position)?.at,
  }
}
