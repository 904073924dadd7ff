import type {Health} from '../../../../monitors/sample.ts'
import {isObject, type Json} from '../statement.ts'

/**
 * A document of one product whose bad news is not in a word: a count, a list that should be empty, a number of a scheme of
 * its own. What words say is read without it.
 */
export interface Dialect {
  readonly product: string
  /** Keys that only its documents have, `a.b` inside one another; of a list, its first entry has them. */
  readonly keys: readonly string[]
  /** Where only the address tells whose document it is. */
  readonly path?: RegExp
  /** Where its things stand, `*` for every entry: `members.*`; `[]`: the document is a list of them. Absent: it is the thing. */
  readonly each?: string
  /** The key that names a thing; absent: the keys on the way to it. */
  readonly name?: string
  /** Keys of the document that nobody else reads: they have a scheme of their own. */
  readonly own?: readonly string[]
  readonly signs: readonly Sign[]
}

/** One way in which a thing is not well. */
export interface Sign {
  /** Where it stands in the thing; empty: the thing itself. */
  readonly at: string
  readonly bad: (value: unknown, thing: unknown) => boolean
  /** Degraded, unless it says more. Down, of a document without things, is the state of all of it. */
  readonly is?: Health
  /** Absent: the key and its value. */
  readonly says?: string | ((value: unknown, thing: unknown) => string)
}

export const above =
  (most: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value > most
export const below =
  (least: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value < least
export const oneOf =
  (...wanted: readonly unknown[]) =>
  (value: unknown): boolean =>
    wanted.includes(value)
export const noneOf =
  (...wanted: readonly unknown[]) =>
  (value: unknown): boolean =>
    !wanted.includes(value)
/** There, and none of these. */
export const otherThan =
  (...wanted: readonly unknown[]) =>
  (value: unknown): boolean =>
    value !== undefined && !wanted.includes(value)
export const filled = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isObject(value) ? Object.keys(value).length > 0 : false
export const yes = (value: unknown): boolean => value === true
export const no = (value: unknown): boolean => value === false
export const absent = (value: unknown): boolean => value === undefined || value === '' || value === '0'

export const fieldOf = (thing: unknown, key: string): unknown => (isObject(thing) ? thing[key] : undefined)
export const sizeOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
