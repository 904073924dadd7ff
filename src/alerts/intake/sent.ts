import type {IntakeSpec} from './config.ts'

/** One alert as a sender says it, in words of its own: nothing is cleaned or bounded yet. */
export interface SentAlert {
  readonly rule: string
  readonly subject: string
  /** What makes it the same alert again. */
  readonly key: string
  readonly severity: string | undefined
  readonly summary: string
  readonly labels: Readonly<Record<string, unknown>>
  readonly since: number | undefined
  readonly over: boolean
}

/** Reads what a sender posted. Raises a plain error when it is something else; what is no alert of it gives none. */
export type ReadSent = (json: unknown, spec: IntakeSpec) => readonly SentAlert[]

export type Entry = Readonly<Record<string, unknown>>

export const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Those of a list that can be alerts. Raises when none of it can: the sender would take it for accepted. */
export function entriesIn(list: readonly unknown[]): readonly Entry[] {
  const entries = list.filter(isEntry)
  if (entries.length === 0 && list.length > 0) throw new Error('nothing in it is an object, so none of it is an alert')
  return entries
}

/** An object, or nothing in it. */
export const entryOf = (value: unknown): Entry => (isEntry(value) ? value : {})

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined

export function momentOf(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  // `0001-01-01T00:00:00Z` is how Go says that there is none.
  return Number.isFinite(at) && at > 0 ? at : undefined
}
