import type {AuditEntry} from '../audit/record.ts'
import type {Actor} from '../identity/actor.ts'

/** safe: takes nothing away · disruptive: users may notice · destructive: data may be lost. */
export type Danger = 'safe' | 'disruptive' | 'destructive'

/** Where a change comes from. run: its start or resumption · step: the next step of an admitted run. */
export type Via = 'command' | 'console' | 'ops' | 'run' | 'step'

/** What was said beforehand: a plain yes, and texts that were typed. */
export interface Consent {
  readonly yes: boolean
  readonly typed: readonly string[]
}

/** A change that somebody intends, as data: everything that a rule may decide by. */
export interface Change
  extends Pick<AuditEntry, 'action' | 'target' | 'reason' | 'command' | 'run' | 'step' | 'detail'> {
  /** Undefined: nothing of an environment, only files of its own, such as a lab or a new configuration. */
  readonly environment: string | undefined
  readonly danger: Danger
  readonly actor: Actor
  readonly via: Via
  /** `asked`: a run asks its own question before it touches anything, and the gate again after that. */
  readonly consent: Consent | 'asked'
  /** Only stops or takes back what was admitted before. */
  readonly wayBack?: boolean
}
