import type {OutputLine, RunEvent} from '../runbooks/events.ts'
import type {Plan} from '../runbooks/plan.ts'
import type {
  Inbox,
  InboxRequest,
  Journal,
  LockStore,
  LockHolder,
  OutputSink,
  Progress,
  RunRequest,
  SharedLocks,
} from '../runbooks/ports.ts'

/** What the life of a run needs from the store. The store's files implement these; tests pass their own. */

/** The runs of a state directory, and the plans that were shown and not started yet. */
export interface RunStore {
  /** Oldest first. */
  ids(): readonly string[]
  /** A run, whether it exists or not. Raises `run/unknown` for what cannot be the id of one. */
  run(id: string): StoredRun
  /** Durable when it returns. */
  create(request: RunRequest): StoredRun
  keepPlan(kept: KeptPlan): void
  /** Raises `run/unknown`. */
  keptPlan(id: string): KeptPlan
  /** The key of secret digests, of this state directory. */
  readonly secretKey: () => Buffer
  /** Those that nobody started within a day. */
  dropOldPlans(now: number): void
}

/** A plan that was shown and not started yet, so that exactly it can be started. */
export interface KeptPlan {
  readonly plan: Plan
  readonly file: string
  readonly params: Readonly<Record<string, unknown>>
  readonly secretParams: readonly string[]
  readonly secretDigests?: RunRequest['secretDigests']
}

/** Everything that is kept of one run. */
export interface StoredRun {
  readonly id: string
  /** File that its runner prints to, and leaves its refusal in. */
  readonly log: string
  /** Directory of the raw output of commands that run now. */
  readonly spool: string
  exists(): boolean
  /** What was asked for. Raises `run/unknown`, or `state/damaged`. */
  request(): RunRequest
  /** When it was asked for. */
  requestedAt(): number
  /** Whole events from an offset; what is being written right now comes with the next call. */
  events(from?: number): EventsRead
  /** The records of the journal as they are on disk, damaged ones too. */
  lines(): Iterable<Uint8Array>
  /** Whole lines from an offset, some megabytes a call. */
  output(from?: number): OutputRead
  /** A part of the output, for looking around in it. */
  readonly pages: OutputPages
  /** Of the current step, when it tells any. */
  progress(): Progress | undefined
  /** Leaves a request where the run finds it. Durable when it returns. */
  leave(request: InboxRequest): void
  hasReport(): boolean
  /** In Markdown; undefined while there is none. */
  report(): string | undefined
  keepReport(report: {readonly markdown: string; readonly json: string}): void
  /** A run that is taken up again has yet to earn one. */
  dropReport(): void
  /** For its one writer, which takes secrets out of every string. */
  openJournal(redact: (text: string) => string): Opened<Journal>
  /** `refused` is told why a request was dropped that is not what it claims to be. */
  openInbox(refused: (why: string) => void): Opened<Inbox>
  /** Each line is stored with the number of the last event before it. */
  openOutput(lastSeq: () => number): Opened<OutputSink>
}

export type Opened<T> = T & {close(): void}

export interface EventsRead {
  readonly events: readonly RunEvent[]
  /** Where to go on reading. */
  readonly end: number
}

export interface OutputRead {
  readonly lines: readonly OutputLine[]
  readonly end: number
}

/** The output of a run, read around a place: how long it is does not matter. */
export interface OutputPages {
  page(request: PageRequest): OutputPage
  find(request: FindRequest, signal: AbortSignal): Promise<number | undefined>
}

/** A line, and where it begins and ends in the output. */
export interface PlacedLine extends OutputLine {
  readonly at: number
  readonly next: number
}

export interface OutputPage {
  readonly lines: readonly PlacedLine[]
  /** Where the output ends, in the measure of `at`. */
  readonly size: number
}

export interface PageRequest {
  readonly at: number | 'end'
  /** Lines before that place, and from it on. */
  readonly before: number
  readonly after: number
}

/** A line that has this text, whatever its case; or, without a text, the first of another step. */
export interface FindRequest {
  readonly from: number
  readonly back: boolean
  readonly text?: string
  readonly otherThan?: string
}

/** The log of a runner that stands by for a run that does not exist yet. */
export interface StandbyLog {
  readonly run: string
  /** Makes room for it; the file that the runner may write. */
  create(): string
  /** From now on it is the log of the run. */
  become(log: string): void
  remove(): void
}

/** Locks among the runs of one state directory, as whoever looks after them sees them. */
export interface RunLocks extends LockStore {
  list(): readonly LockHolder[]
  /** Takes a lock away by its id. The caller audits it first. */
  forceRelease(lock: string): LockHolder | undefined
}

/** Locks among several hosts, likewise. */
export interface SharedRunLocks extends SharedLocks {
  list(): Promise<readonly LockHolder[]>
  forceRelease(lock: string): Promise<LockHolder | undefined>
}
