import type {RunEvent, RunEventBody} from '../../runbooks/events.ts'
import type {Journal} from '../../runbooks/ports.ts'
import type {EventsRead} from '../../runs/ports.ts'
import {emptyRun, reduceRun, type RunState} from '../../runbooks/state.ts'
import {escapeText} from '../../text/escape.ts'
import {redactAnnounced} from '../../text/redact.ts'
import type {Clock} from '../../units/clock.ts'
import {inTodaysWords} from './former-words.ts'
import {encodeRecord, type LogSystem, openLog, readLog, SYSTEM} from '../append-log.ts'
import {followJournal} from './journal-digest.ts'
import {journalLines} from './journal-lines.ts'

/** A reason, an error, a question: more than this is cut. */
const LONGEST_TEXT = 20_000

export interface JournalOptions {
  readonly clock: Clock
  /** Takes secrets out of every string, before it is written or shown. */
  readonly redact?: (text: string) => string
  readonly system?: LogSystem
}

/** A journal for its one writer. What is already in the file is read first, so a run can be taken up again. */
export function openJournal(
  file: string,
  run: string,
  {clock, redact = text => text, system = SYSTEM}: JournalOptions,
): Journal & {close(): void} {
  const log = openLog(file, system)
  let state = readEvents(file).events.reduce(reduceRun, emptyRun(run))
  const digest = followJournal()
  for (const line of journalLines(file)) digest.add(line)
  digest.synced()

  const payloadOf = (body: RunEventBody, index: number): string => {
    const event: RunEvent = {v: 1, seq: state.lastSeq + 1 + index, at: clock.now(), run, ...body}
    return JSON.stringify(safe(event, redact))
  }
  const write = (payloads: readonly string[], sync: boolean): readonly RunEvent[] => {
    for (const line of log.appendAll(payloads, sync)) digest.add(line)
    if (sync) digest.synced()
    // Read back from what was written: who watches and who takes the run up see the same.
    const events = payloads.map(payload => JSON.parse(payload) as RunEvent)
    state = events.reduce(reduceRun, state)
    return events
  }
  return {
    append: (...bodies) => write(bodies.map(payloadOf), true),
    note: (...bodies) => write(bodies.map(payloadOf), false),
    flush: () => {
      log.sync()
      digest.synced()
    },
    state: () => state,
    anchor: () => digest.anchor(),
    prepare: (...bodies) => {
      const payloads = bodies.map(payloadOf)
      return {anchor: digest.anchor(payloads.map(encodeRecord)), write: sync => void write(payloads, sync)}
    },
    close: () => log.close(),
  }
}

/** What these quote comes from outside. Values that were saved or frozen are kept as they are but for secrets. */
const SPOKEN =
  /^(?:reason|error|text|title|why|holder|manual|stopCost|skipped|summary|touches|targets|processes|afterwards)$/
const KEPT = /^(?:value|facts|params)$/

function safe(value: unknown, redact: (text: string) => string, how: 'spoken' | 'plain' | 'kept' = 'plain'): unknown {
  if (typeof value === 'string') {
    if (how === 'kept') return redact(value)
    const shown = redactAnnounced(redact(value))
    return how === 'spoken' ? escapeText(shown, LONGEST_TEXT) : shown
  }
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(item => safe(item, redact, how))
  const entries = Object.entries(value).map(([key, item]) => {
    if (how === 'kept') return [redact(key), safe(item, redact, how)]
    if (KEPT.test(key)) return [key, safe(asJson(item), redact, 'kept')]
    return [key, safe(item, redact, SPOKEN.test(key) ? 'spoken' : 'plain')]
  })
  return Object.fromEntries(entries)
}

/** What an author handed over, as JSON will hold it: dates and the like are text before secrets are looked for. */
const asJson = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value) ?? 'null')

/** Whole events from an offset; what is being written right now comes with the next call. */
export function readEvents(file: string, from = 0): EventsRead {
  const {records, end} = readLog(file, from)
  return {events: records.map(({payload}) => inTodaysWords(JSON.parse(payload) as RunEvent)), end}
}

/** A run's state from its journal alone. */
export function readRunState(file: string, run: string): RunState {
  return readEvents(file).events.reduce(reduceRun, emptyRun(run))
}
