import type {z} from 'zod'
import type {AlertTarget} from '../../alert-target.ts'
import type {Ending} from '../../news.ts'

/** What a condition finds in one target at one moment. */
export interface Judgement {
  /** `unknown`: there is nothing fresh to judge by. It neither raises nor resolves anything. */
  readonly breach: 'yes' | 'no' | 'unknown'
  /** Since when the breach is known to last; undefined: since now. */
  readonly since?: number | undefined
  /** Where the condition knows better than its rule how long a breach is only pending. Infinity: it waits for no time. */
  readonly forMs?: number
  /** How an alert ends when there is no breach; `resolved` when left out. */
  readonly ending?: Ending
  /** Why, one line. */
  readonly reason: string
}

export interface Circumstances {
  readonly now: number
  /** So many failed probes in a row, and the target is down for good. */
  readonly failuresUntilDown: number
}

export interface ConditionKind<Type extends string, Schema extends z.ZodType> {
  readonly type: Type
  readonly schema: Schema
  readonly judge: (condition: z.output<Schema>, target: AlertTarget, circumstances: Circumstances) => Judgement
}

/** Declares a kind of condition; only the types are checked. */
export const defineCondition = <const Type extends string, Schema extends z.ZodType>(
  kind: ConditionKind<Type, Schema>,
): ConditionKind<Type, Schema> => kind

/** Why the target is as it is, in the words of its probe. */
export const reasonOf = ({sample, flapping}: AlertTarget): string =>
  `${flapping ? 'flapping, ' : ''}${sample?.reason ?? 'unknown'}`

/** Measurements count while their sample does. */
export const freshValues = (target: AlertTarget): Readonly<Record<string, number | undefined>> =>
  target.state === 'no data' ? {} : (target.sample?.values ?? {})

/** A target that is down is not better: a lesser alert goes on until the alert that it is down takes its place. */
export const whileDown = (target: AlertTarget, {failuresUntilDown}: Circumstances): Judgement =>
  target.failures < failuresUntilDown
    ? {breach: 'unknown', reason: 'a failed probe'}
    : {breach: 'no', ending: 'superseded', reason: `it is down now: ${reasonOf(target)}`}
