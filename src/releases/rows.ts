import type {WatchedRow} from '../monitors/rows.ts'

export interface ReleaseInstanceRow {
  readonly name: string
  readonly host: string
  readonly url: string
  readonly health: 'up' | 'down'
  readonly version: string | undefined
  /** The traffic driver's own word: UP, DRAIN, MAINT, DOWN... */
  readonly traffic: string
  /** Undefined: nobody counts them. */
  readonly sessions: number | undefined
  readonly requestsPerSecond: number | undefined
  /** 5xx a second, requests that wait for it, connections open to it; left out where nobody counts them. */
  readonly errorsPerSecond?: number
  readonly queued?: number
  readonly connections?: number
  /** What the load balancer's own check said; left out where it did not answer. */
  readonly check?: string
  readonly reason: string
}

export interface VersionRow {
  readonly version: string
  readonly fate: string
  readonly reason: string
  readonly at: number
  readonly run: string
  /** Whose run it was; left out in notes of versions that did not keep it. */
  readonly by?: string | undefined
}

export interface SlotRow {
  readonly name: string
  /** live: takes traffic · draining · idle · mixed: some of each, which a person should look at. */
  readonly role: 'live' | 'draining' | 'idle' | 'mixed' | 'no data'
  readonly version: string | undefined
  readonly instances: readonly ReleaseInstanceRow[]
}

/** An emergency traffic control that is on. */
export interface ControlRow {
  readonly id: string
  readonly words: string
  readonly usersGet: string
  readonly until: number
  readonly run: string
  /** Whether the load balancer has it; left out where nobody can tell. */
  readonly inForce?: boolean
}

export interface ReleaseRow extends WatchedRow {
  /** Service that shows whether users are served, where one is configured. */
  readonly service?: string | undefined
  readonly live: string | undefined
  readonly version: string | undefined
  /** What a rollback would bring back, and whether it can (R3). */
  readonly rollback: {
    readonly ready: boolean
    readonly slot: string | undefined
    readonly version: string | undefined
    readonly reason: string
  }
  readonly slots: readonly SlotRow[]
  /** What earlier runs learnt of versions, the newest first: good, too little seen, failed its watch, rolled back from. */
  readonly versions?: readonly VersionRow[]
  readonly requestsPerSecond: number | undefined
  readonly errorRate: number | undefined
  /** Emergency traffic controls, the first to end first; left out where none is on. */
  readonly controls?: readonly ControlRow[]
}
