import type {Actor} from '../identity/actor.ts'
import type {JournalAnchor} from './anchor.ts'

/** What is about to happen, or what became of it. Written durably before the action (T2). */
export interface AuditEntry {
  /** `run started`, `command`, `confirmation`, `alert acknowledged`, `lock released`... */
  readonly action: string
  /** What it touches: `release:web`, `database shop`, `alert service/production/web down`. */
  readonly target: string
  readonly environment: string
  /** `intent` before the action, `outcome` after it, `decision` for answers, approvals and refusals. */
  readonly phase: 'intent' | 'outcome' | 'decision'
  readonly outcome?: string
  /** Why: the reason a person gave, or the policy that decided. */
  readonly reason?: string
  /** Literal command, redacted. */
  readonly command?: string
  readonly run?: string
  readonly step?: string
  readonly detail?: Readonly<Record<string, unknown>>
  /** The journal of the run as it stood; only in what a runner writes. */
  readonly journal?: JournalAnchor
}

/** One record of the trail. `prev` is the SHA-256 of the record before it, over the exact bytes on disk. */
export interface AuditRecord extends AuditEntry {
  readonly v: 1
  readonly seq: number
  readonly at: number
  readonly actor: Actor
  readonly prev: string
}

export interface AuditQuery {
  readonly run?: string
  readonly actor?: string
  readonly action?: string
  readonly text?: string
  readonly sinceMs?: number
  readonly untilMs?: number
  readonly limit?: number
}

/** The audit log as other rooms see it. Raises `audit/unwritable` when a record cannot be made durable. */
export interface AuditLog {
  append(entry: AuditEntry, actor?: Actor): AuditRecord
  /** Newest last. What cannot be read is left out; `verify` names it. */
  list(query?: AuditQuery): readonly AuditRecord[]
}
