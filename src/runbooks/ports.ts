import type {Actor} from '../identity/actor.ts'
import type {ProcessIdentity} from '../processes/identity.ts'
import type {OutputLine, RunEvent, RunEventBody} from './events.ts'
import type {Plan} from './plan.ts'
import type {RunState} from './state.ts'

/** What the engine needs from the store. The store's files implement these; tests pass their own. */

/** The journal of one run, for its one writer. Durable when `append` returns. */
export interface Journal {
  append(...bodies: readonly RunEventBody[]): readonly RunEvent[]
  /** Written but not synced: survives the death of the process, not of the machine. For facts that a reboot voids anyway. */
  note(...bodies: readonly RunEventBody[]): readonly RunEvent[]
  readonly state: () => RunState
}

export interface Progress {
  readonly done: number
  readonly total: number
  readonly unit: string
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
  readonly run: string
  readonly actor: string
  readonly reason: string
  readonly host: string
  readonly process: ProcessIdentity
  readonly fence: number
  readonly acquiredAt: number
  readonly heartbeatAt: number
}

export interface LockBook {
  /** The lock, or who holds it. A run may take its own again, but not while another process works on it. */
  acquire(claim: {
    readonly resource: string
    readonly run: string
    readonly actor: string
    readonly reason: string
  }): {readonly held: LockHolder} | {readonly refused: LockHolder; readonly why: string}
  heartbeat(run: string): void
  /** Gives back everything the run holds, or only one resource. */
  release(run: string, resource?: string): void
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
  readonly plan: Plan
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
}
