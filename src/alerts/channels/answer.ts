import {escapeLine} from '../../text/escape.ts'

/** Of an answer; what says whether it was taken is at its beginning. */
const ANSWER_LIMIT = 4096
/** Without a time, and the least: a receiver that says zero is asked again at once and says it again. */
const SHORTEST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 3_600_000

/** Undefined: the text of an answer does not say that the message was not taken; empty: it says no more than that. */
export type Refusal = (text: string) => string | undefined

/**
 * Rejects unless the message was taken. Receivers say no with status 200 as well: `{"ok": false}`, or the error of the
 * system behind them as text, or a page to log in.
 */
export async function judgeAnswer(response: Response, refusal: Refusal): Promise<void> {
  const text = (await readStart(response)).trim()
  const isPage = /^<(!doctype|html|\?xml|head|body|title)/i.test(text)
  const {status} = response
  if (status >= 300 && status < 400) throw new Error(`the receiver answered ${status}: redirects are not followed`)
  const said = text === '' || isPage ? '' : `: ${escapeLine(text, 120)}`
  if (!response.ok) throw new Error(`the receiver answered ${status}${said}`)
  if (isPage) throw new Error('the receiver answered with a web page; is the url that of an incoming webhook?')
  const problem = text === '' ? undefined : refusal(text)
  if (problem !== undefined) throw new Error(`the receiver did not accept it${problem === '' ? '' : `: ${problem}`}`)
}

/** JSON that says no. What else a receiver says with a status of success is its own affair. */
export function jsonRefusal(text: string): string | undefined {
  const json = parseObject(text)
  if (json === undefined) return undefined
  const refused = json['ok'] === false || json['success'] === false || (Boolean(json['error']) && json['ok'] !== true)
  return refused ? escapeLine(wordsOf(json['error'] ?? json['message']), 120) : undefined
}

/** Chat systems say that they took it in one word; any other text is the error of the system behind them. */
export function chatRefusal(text: string, format: 'slack' | 'teams'): string | undefined {
  if (parseObject(text) !== undefined) return jsonRefusal(text)
  const taken = format === 'teams' ? /^(1|ok|accepted)$/i : /^(ok|1|true|success)$/i
  return taken.test(text) ? undefined : escapeLine(text, 120)
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

const wordsOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

async function readStart(response: Response): Promise<string> {
  if (response.body === null) return ''
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body) {
    parts.push(part)
    bytes += part.length
    if (bytes > ANSWER_LIMIT) break
  }
  return Buffer.concat(parts).subarray(0, ANSWER_LIMIT).toString('utf8')
}

/** `Retry-After` of RFC 9110: seconds, or a date. */
export function retryAfterMs(header: string | null, now: number): number {
  const written = header?.trim() ?? ''
  const ms = /^\d+$/.test(written) ? Number(written) * 1000 : Date.parse(written) - now
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, Number.isFinite(ms) ? ms : SHORTEST_PAUSE_MS))
}
