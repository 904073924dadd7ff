import {escapeLine} from '../text/escape.ts'
import {plainHttp} from './http.ts'

/** `503 Service Unavailable`. */
export const statusText = (status: number): string => `${status} ${plainHttp().STATUS_CODES[status] ?? ''}`.trim()

/** What is wrong with the status of an answer, the same words for probes, instances and smoke tests; undefined: nothing. */
export const statusFault = (status: number, accepted: number | readonly number[]): string | undefined =>
  [accepted].flat().includes(status) ? undefined : `answered ${statusText(status)}`

/** What is wrong with its body. */
export const bodyFault = (body: string, pattern: string | undefined): string | undefined =>
  pattern === undefined || new RegExp(pattern).test(body)
    ? undefined
    : `body does not match /${escapeLine(pattern, 80)}/`
