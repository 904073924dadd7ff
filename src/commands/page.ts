import {OpsError} from '../errors.ts'
import {formatWhole} from '../units/number.ts'
import type {CommandInput, FlagSpec} from './command.ts'

/** Which part of a long list is wanted, counted from its newest entry. */
export interface Page {
  readonly page: number
  readonly limit: number
}

export const pageFlags = (limit: string) =>
  ({
    limit: {type: 'string', value: 'N', description: `At most this many (${limit})`},
    page: {type: 'string', value: 'N', description: 'The page after that many: 2 is what comes after the newest'},
  }) as const satisfies Record<string, FlagSpec>

/** Raises `usage/arguments` with the flag. */
export const readPage = (flags: CommandInput['flags'], limit: number): Page => ({
  page: count(flags, 'page') ?? 1,
  limit: count(flags, 'limit') ?? limit,
})

function count(flags: CommandInput['flags'], name: 'limit' | 'page'): number | undefined {
  const text = flags[name]
  if (text === undefined) return undefined
  const number = Number(text)
  if (typeof text === 'string' && /^[1-9]\d*$/.test(text) && Number.isSafeInteger(number)) return number
  throw new OpsError('usage/arguments', `--${name} should be a whole number above 0, got ${JSON.stringify(text)}`)
}

/** Where all of it is shown by default: only who asks for a page gets pages. */
export const readPageOfAll = (flags: CommandInput['flags'], count: number): Page =>
  readPage(flags, flags['page'] === undefined ? Math.max(1, count) : 20)

/** The rows of a page, of a list that begins with its newest. */
export const rowsOfPage = <Row>(rows: readonly Row[], {page, limit}: Page): readonly Row[] =>
  rows.slice((page - 1) * limit, page * limit)

/** `1–20 of 1,204; --page 2 shows more`. Nothing where all of it is shown. `total`: unknown, but whether there is more. */
export function pageWords({page, limit}: Page, shown: number, total: number | 'more' | 'no more'): string | undefined {
  const from = (page - 1) * limit
  if (page === 1 && (total === 'no more' || total === shown)) return undefined
  const more = typeof total === 'number' ? from + shown < total : total === 'more'
  const of = typeof total === 'number' ? ` of ${formatWhole(total)}` : ''
  const range =
    shown === 0 ? `nothing on page ${page}${of}` : `${formatWhole(from + 1)}–${formatWhole(from + shown)}${of}`
  return more ? `${range}; --page ${page + 1} shows more` : range
}

/** A text, and below it which part of the list it is. */
export const withPageWords = (text: string, words: string | undefined): string =>
  words === undefined ? text : `${text}\n${words}`
