import type {ErrorCode} from '../errors.ts'
import type {Change} from './change.ts'
import type {AdmissionConfig} from './config.ts'

/** Why a change may not happen. The reason is a clause that goes with "Cannot acknowledge: …". */
export interface Refusal {
  readonly allowed: false
  readonly reason: string
  readonly code: ErrorCode
  /** What would have to be so for it to be allowed. */
  readonly hint: string
}

export type Decision = {readonly allowed: true} | (Refusal & {readonly rule: string})

/** What holds at this moment, wherever it is asked. */
export interface Circumstances {
  /** This process was called with --read-only. */
  readonly readOnlyFlag: boolean
  /**
   * As the file is now; undefined when there is none, as for the locks of a bare state directory. Raises what reading
   * it raises: only a rule that needs to know may ask, so that a run can be stopped whatever is wrong with the file.
   */
  readonly config: () => AdmissionConfig | undefined
  /** Certificates of servers are not checked by this process, nor by anything that Node connects to in it. */
  readonly certificatesUnchecked: boolean
  /** Why the audit trail cannot be trusted, as a clause; undefined: it is whole, or what broke was accepted. */
  readonly brokenTrail: () => string | undefined
  /** Reason that a person typed for going on all the same. */
  readonly despiteBrokenTrail: string | undefined
  /** Reason that a person typed for changing something in a change freeze. */
  readonly overrideFreeze: string | undefined
  /** What time it is. */
  readonly now: () => number
}

/** One reason for which a change may be refused. Undefined: nothing against it. */
export interface Rule {
  /** For the trail and as a label of metrics. */
  readonly name: string
  readonly refuse: (change: Change, circumstances: Circumstances) => Refusal | undefined
}

export const ALLOWED: Decision = {allowed: true}
