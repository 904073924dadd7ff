import type {Held} from '../held.ts'

/** Why nobody is notified of an alert, and what is remembered of that. */
export interface Routing {
  readonly hold?: Held | undefined
  /** The target that it is put down to. */
  readonly cause?: string | undefined
  readonly silence?: {readonly id: string; readonly author: string} | undefined
  /** It still fired when its silence ended: that is said. */
  readonly unsilenced?: {readonly author: string; readonly at: number} | undefined
  /** When what held it while it fired was over: an escalation begins then. */
  readonly freedAt?: number | undefined
}
