import type {RunEvent} from '../runbooks/events.ts'
import {sleep} from '../units/clock.ts'
import type {Feed} from './engine.ts'
import type {StoredRun} from './ports.ts'

/** The process of a run, as whoever follows the run sees it. */
export interface FollowedRunner {
  readonly isLost: () => boolean
  /** Whether a run that has ended has left all that it leaves. */
  readonly isDone: () => boolean
}

const FOLLOW_EVERY_MS = 60

/**
 * Events and output lines in the order in which they came, until the run has ended or its runner is gone. Whoever has
 * followed a run to its end finds its report.
 */
export async function* followRun(
  stored: Pick<StoredRun, 'events' | 'output'>,
  signal: AbortSignal,
  {isLost, isDone}: FollowedRunner,
  everyMs = FOLLOW_EVERY_MS,
): AsyncIterable<Feed> {
  let [journalEnd, outputEnd] = [0, 0]
  const waiting: RunEvent[] = []
  let ended = false
  for (let last = false; ; ) {
    const gone = isLost()
    const journal = stored.events(journalEnd)
    journalEnd = journal.end
    waiting.push(...journal.events)
    // Once seen it stays so, also when a line that came after it has already let it go.
    ended ||= waiting.some(event => event.type === 'run-ended') || waiting.at(-1)?.type === 'run-suspended'
    const output = stored.output(outputEnd)
    outputEnd = output.end
    for (const line of output.lines) {
      while (waiting[0] && waiting[0].seq <= (line.after ?? 0)) yield {event: waiting.shift() as RunEvent}
      yield {line}
    }
    if (output.lines.length > 0) continue
    for (let event = waiting.shift(); event; event = waiting.shift()) yield {event}
    if (last) return
    last = gone || (ended && isDone())
    if (!last) await sleep(everyMs, signal)
  }
}
