import type {Records} from '../../kinds/records.ts'
import type {RunbookTemplate} from '../rules/rule.ts'
import type {Severity} from '../severity.ts'

/** What is kept across restarts and crashes of runs that alerts started. */
export interface AutoRecord {
  /** Oldest first. */
  readonly attempts: readonly Attempt[]
  /** Why nothing is started for alerts that fire. */
  readonly refusals: readonly Refusal[]
  /** What was given up and is over meanwhile. */
  readonly over: readonly (Refusal & {readonly endedAt: number})[]
}

/** One answer to one time of an alert. It is written down before anything is started. */
export interface Attempt {
  readonly id: string
  readonly policy: string
  readonly alert: string
  readonly episode: number
  readonly environment: string
  readonly target: string
  readonly runbook: RunbookTemplate
  /** Such as `1 of 2`. */
  readonly number: string
  /** When it was decided. */
  readonly at: number
  /** When it is given up, if it could not be started. */
  readonly deadline: number
  readonly nextTryAt: number
  /** Who tries: one process, by a name that no other has. */
  readonly owner?: string | undefined
  /** The kept plan that is being started: it can be started once, whoever does it. */
  readonly plan?: string | undefined
  /** Why the last try to start it failed. */
  readonly reason?: string | undefined
  readonly run?: string | undefined
  readonly ended?: {readonly at: number; readonly outcome: string} | undefined
}

export type RefusalReason =
  | 'protected'
  | 'no runbook'
  | 'acknowledged'
  | 'lost'
  | 'attempts'
  | 'budget'
  | 'held'
  | 'too many targets'
  | 'cool-down'
  | 'at once'

/** Why a policy starts nothing for an alert now. */
export interface Refusal {
  readonly policy: string
  readonly alert: string
  readonly episode: number
  readonly environment: string
  readonly target: string
  readonly severity: Severity
  readonly reason: RefusalReason
  readonly words: string
  /** Its runs are used up and it still fires: a person is told. */
  readonly gaveUp: boolean
  readonly at: number
}

/** It has neither begun nor been given up. */
export const isPending = ({run, ended}: Attempt): boolean => run === undefined && ended === undefined

export const isUnderWay = ({ended}: Attempt): boolean => ended === undefined

/** Where it is kept, among what is kept of targets. */
const KEPT = 'auto'
const EMPTY: AutoRecord = {attempts: [], refusals: [], over: []}

export const keptAuto = (records: Pick<Records, 'read'>): AutoRecord =>
  (records.read(KEPT) as AutoRecord | undefined) ?? EMPTY

/** Changes it in one transaction. */
export const changeAuto = <T>(
  records: Records,
  next: (record: AutoRecord) => {readonly kept: AutoRecord; readonly result: T},
): T => records.change(KEPT, before => next((before as AutoRecord | undefined) ?? EMPTY))
