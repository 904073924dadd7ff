import {escapeLine} from '../text/escape.ts'
import type {Matcher} from '../text/matcher.ts'
import {plainHttp} from './http.ts'

/** `503 Service Unavailable`. */
export const statusText = (status: number): string => `${status} ${plainHttp().STATUS_CODES[status] ?? ''}`.trim()

/** What is wrong with the status of an answer, the same words for probes, instances and smoke tests; undefined: nothing. */
export const statusFault = (status: number, accepted: number | readonly number[]): string | undefined =>
  accepted === status || (typeof accepted !== 'number' && accepted.includes(status))
    ? undefined
    : `answered ${statusText(status)}`

/** What is wrong with its body. `judged`: false where the expression did not come to an end. */
export async function bodyFault(
  body: string,
  pattern: string | undefined,
  matcher: Pick<Matcher, 'match'>,
): Promise<{readonly judged: boolean; readonly reason: string} | undefined> {
  if (pattern === undefined) return undefined
  const match = await matcher.match(pattern, body)
  if (match === 'yes') return undefined
  return match === 'no'
    ? {judged: true, reason: `body does not match /${escapeLine(pattern, 80)}/`}
    : {judged: false, reason: `body not judged: ${match.unknown}`}
}
