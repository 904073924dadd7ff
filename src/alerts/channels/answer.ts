import {escapeLine} from '../../../text/escape.ts'
import type {ChatChannelSpec} from './schema.ts'

/** Of an answer; what says whether it was taken is at its beginning. */
const ANSWER_LIMIT = 4096
/** Without a time, and the least: a receiver that says zero is asked again at once and says it again. */
const SHORTEST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 3_600_000

/**
 * Rejects unless the message was taken. Receivers say no with status 200 as well: `{"ok": false}`, or the error of the
 * system behind them as text, or a page to log in.
 */
export async function judgeChatAnswer(response: Response, format: ChatChannelSpec['format']): Promise<void> {
  const text = (await readStart(response)).trim()
  const said = text === '' ? '' : `: ${escapeLine(text, 120)}`
  if (!response.ok) throw new Error(`the receiver answered ${response.status}${text.startsWith('<') ? '' : said}`)
  if (text.startsWith('<'))
    throw new Error('the receiver answered with a web page; is the url that of an incoming webhook?')
  const problem = refusalIn(text, format)
  if (problem !== undefined) throw new Error(`the receiver did not accept it${problem === '' ? '' : `: ${problem}`}`)
}

/** Undefined: it was taken. */
function refusalIn(text: string, format: ChatChannelSpec['format']): string | undefined {
  if (text === '') return undefined
  const json = parseObject(text)
  if (json !== undefined) {
    const refused = json['ok'] === false || json['success'] === false || ('error' in json && json['ok'] !== true)
    return refused ? escapeLine(wordsOf(json['error'] ?? json['message']), 120) : undefined
  }
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
