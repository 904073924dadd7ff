import {readFileSync} from 'node:fs'
import type {RunEvent, RunEventBody} from '../../runbooks/events.ts'
import type {Journal} from '../../runbooks/ports.ts'
import {emptyRun, reduceRun, type RunState} from '../../runbooks/state.ts'
import type {Clock} from '../../units/clock.ts'
import {type LogSystem, openLog, readLog, SYSTEM} from '../append-log.ts'

/** A journal for its one writer. What is already in the file is read first, so a run can be taken up again. */
export function openJournal(
  file: string,
  run: string,
  clock: Clock,
  system: LogSystem = SYSTEM,
): Journal & {close(): void} {
  let synced = true
  const gated: LogSystem = {...system, sync: descriptor => void (synced && system.sync(descriptor))}
  const log = openLog(file, gated)
  let state = readEvents(file).events.reduce(reduceRun, emptyRun(run))

  const write = (bodies: readonly RunEventBody[], sync: boolean): readonly RunEvent[] => {
    const events = bodies.map(
      (body, index): RunEvent => ({v: 1, seq: state.lastSeq + 1 + index, at: clock.now(), run, ...body}),
    )
    synced = sync
    log.appendAll(events.map(event => JSON.stringify(event)))
    state = events.reduce(reduceRun, state)
    return events
  }
  return {
    append: (...bodies) => write(bodies, true),
    note: (...bodies) => write(bodies, false),
    state: () => state,
    close: () => log.close(),
  }
}

export interface JournalRead {
  readonly events: readonly RunEvent[]
  /** Where to go on reading. */
  readonly end: number
}

/** Whole events from an offset; what is being written right now comes with the next call. */
export function readEvents(file: string, from = 0): JournalRead {
  const {records, end} = readLog(file, from)
  return {events: records.map(({payload}) => JSON.parse(payload) as RunEvent), end}
}

/** A run's state from its journal alone. */
export function readRunState(file: string, run: string): RunState {
  return readEvents(file).events.reduce(reduceRun, emptyRun(run))
}

/** The journal's bytes, for its digest in the audit trail. */
export const journalBytes = (file: string): Uint8Array => readFileSync(file)
