import type {RunEvent} from '../runbooks/events.ts'
import {sleep} from '../units/clock.ts'
import type {Feed} from './engine.ts'
import type {StoredRun} from './ports.ts'

const FOLLOW_EVERY_MS = 60

/** Events and output lines in the order in which they came, until the run has ended or its runner is gone. */
export async function* followRun(
  stored: Pick<StoredRun, 'events' | 'output'>,
  signal: AbortSignal,
  isLost: () => boolean,
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
    last = ended || gone
    if (!last) await sleep(everyMs, signal)
  }
}
