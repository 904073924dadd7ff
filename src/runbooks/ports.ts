import type {Comparison} from '../kinds/comparison.ts'
import type {JournalAnchor} from '../audit/anchor.ts'
import type {Actor} from '../identity/actor.ts'
import type {ProcessIdentity} from '../processes/identity.ts'
import type {OutputLine, RunEvent, RunEventBody} from './events.ts'
import type {RunbookSource} from './load.ts'
import type {Plan} from './plan.ts'
import type {RunState} from './state.ts'

/** What the engine needs from the store. The store's files implement these; tests pass their own. */

/** The journal of one run, for its one writer. Durable when `append` returns. */
export interface Journal {
  append(...bodies: readonly RunEventBody[]): readonly RunEvent[]
  /** Written but not synced: survives the death of the process, not of the machine. For facts that a reboot voids anyway. */
  note(...bodies: readonly RunEventBody[]): readonly RunEvent[]
  /** Makes durable what was only noted. */
  flush(): void
  readonly state: () => RunState
  /** What the trail keeps of it now. */
  anchor(): JournalAnchor
  /** Events that are written only once the trail names them: nothing else may be written in between. */
  prepare(...bodies: readonly RunEventBody[]): PreparedEvents
}

export interface PreparedEvents {
  readonly anchor: JournalAnchor
  /** Durable when it returns, if `sync`; else as with `note`. */
  write(sync: boolean): void
}

export interface Progress {
  readonly done: number
  readonly total: number
  readonly unit: string
  readonly comparison?: Comparison
}

/** Where live output goes. Not durable: the journal is what counts. */
export interface OutputSink {
  line(line: OutputLine): void
  progress(progress: Progress | undefined): void
  /** Directory for the raw output of commands in flight; emptied when they end. */
  readonly spoolDir: string
}

/** Something that was asked of a run by another process. */
export type InboxRequest =
  | {
      readonly kind: 'answer'
      readonly prompt: string
      /** Hash of the plan that an approval is for. */
      readonly plan?: string
      readonly answer: string
      readonly reason: string
      readonly by: Actor
      readonly via: 'console' | 'command'
    }
  | {
      readonly kind: 'decision'
      readonly step: string
      readonly choice: string
      readonly reason: string
      readonly by: Actor
      readonly via: 'console' | 'command'
    }
  | {readonly kind: 'abort'; readonly reason: string; readonly by: Actor}

export interface Inbox {
  /** Requests that came in since the last call. */
  take(): readonly InboxRequest[]
  /** Resolves when there may be something new, or after a quarter of a second. */
  changed(signal: AbortSignal): Promise<void>
}

/** Who holds a lock, in words that let a person decide. */
export interface LockHolder {
  readonly lock: string
  readonly resource: string
  /** Among the runs of one state directory, or among all hosts that share a PostgreSQL. */
  readonly scope: 'local' | 'shared'
  readonly run: string
  /** As people read it: `ada`, or `root, no login`. */
  readonly actor: string
  readonly reason: string
  readonly host: string
  readonly process: ProcessIdentity
  readonly fence: number
  readonly acquiredAt: number
  readonly heartbeatAt: number
  /** When a shared lock ends unless it is renewed; a local one lasts as long as its process. */
  readonly expiresAt?: number
  /** Step that was begun under a shared lock. */
  readonly step?: string
}

export interface LockClaim {
  readonly resource: string
  readonly run: string
  readonly actor: string
  readonly reason: string
}

export type LockAnswer = {readonly held: LockHolder} | {readonly refused: LockHolder; readonly why: string}

/** A lock that the run had and has no more, and who has it now. */
export interface LostLock {
  readonly resource: string
  readonly now: LockHolder | undefined
}

/** Locks among the runs of one state directory. */
export interface LockStore {
  /** The lock, or who holds it. A run may take its own again, but not while another process works on it. */
  acquire(claim: LockClaim): LockAnswer
  /** Whether everything that was acquired here is still held, with the same fence. One cheap read. */
  confirm(run: string): LostLock | undefined
  heartbeat(run: string): void
  /** Gives back everything the run holds, or only one resource; says what was still its own. */
  release(run: string, resource?: string): readonly string[]
}

/**
 * Locks among several hosts, of one run: leases in a PostgreSQL, by its clock. Raises `lock/unreachable` when that does
 * not answer in time and `lock/setup` when it does not let us.
 */
export interface SharedLocks {
  /** Address without credentials, for people. */
  readonly where: string
  /** Takes a lock under the id of the local one. The run that holds it may take it again, and gets a new fence. */
  acquire(claim: LockClaim & {readonly lock: string}): Promise<LockAnswer>
  /** Confirms all that is held, renews it and notes the step that is about to begin, in one round trip. */
  confirm(step: string): Promise<LostLock | undefined>
  /** Its lease surely lasts, and the server knows that a step was begun: nobody else can have taken it. */
  surelyHeld(): boolean
  /** Renews in the background. Never fails: the next `confirm` tells. */
  renew(): void
  readonly renewEveryMs: number
  /** Gives everything back. */
  release(): Promise<void>
  /** Goes on without: what was acquired is left to expire. */
  forget(): void
}

/** What was decided when the run was asked for. Kept beside the journal, mode 600. */
export interface RunRequest {
  readonly v: 1
  readonly run: string
  readonly file: string
  readonly config: string
  readonly environment: string
  /** As given, without those marked secret. */
  readonly params: Readonly<Record<string, unknown>>
  readonly secretParams: readonly string[]
  /** Keyed digests of these by name, so that nobody takes the run up with other values; left out by older versions. */
  readonly secretDigests?: Readonly<Record<string, readonly string[]>>
  readonly plan: Plan
  /** The runbook's files as they were, without secrets, to show what changed; left out when they are too long. */
  readonly sources?: readonly RunbookSource[]
  readonly actor: Actor
  readonly reason: string
  readonly dryRun: boolean
  /** Questions are answered beforehand: yes to plain ones, and these texts to typed ones. */
  readonly answers: {readonly yes: boolean; readonly typed: readonly string[]; readonly via: 'flag' | 'console'}
  /** The start was confirmed in this way; undefined: the runner must ask. */
  readonly started: boolean
  readonly lockWaitMs: number
  /** Nobody is at hand: a run that needs an approval is suspended instead of waiting. */
  readonly unattended?: boolean
  /** Reason of a person who goes on without the approval that the policy wants. */
  readonly breakGlass?: string
  /** Reason of a person who goes on with a lock of this host only, should the shared locks be out of reach. */
  readonly localLock?: string
}
