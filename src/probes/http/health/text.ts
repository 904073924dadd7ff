import type {Check} from '../../../monitors/sample.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {HealthDocument} from './document.ts'
import type {OwnWords} from './statement.ts'
import {hasGoodWord, healthOfWord, worstWordIn} from './words.ts'

/** Longer text is a page, not an answer to the question how one is. */
const LONGEST_ANSWER = 200
/** Paths under which text is such an answer. */
const HEALTH_PATH = /(^|[/_.-])(health\w*|ready\w*|readiness|live\w*|alive|status\w*|ping|up|heartbeat)([/_.-]|$)/i

/** What plain text says: one line (`OK`, `NOT SERVING`), Kubernetes' list of checks, or the title of an error page. */
export function readHealthText(
  body: string,
  {path, contentType, words = {}}: {readonly path: string; readonly contentType: string; readonly words?: OwnWords},
): HealthDocument | undefined {
  const text = body.trim()
  if (text === '') return undefined
  if (/html|xml/i.test(contentType) || /^<(!doctype|html|\?xml)/i.test(text)) return readPage(text)
  const listed = readList(text)
  if (listed !== undefined) return listed
  if (text.length > LONGEST_ANSWER || text.includes('\n')) return undefined
  const said = words[text] ?? healthOfWord(text) ?? worstWordIn(text)
  if (said !== undefined) return statement(said, said === 'up' ? undefined : `says ${JSON.stringify(text)}`)
  if (hasGoodWord(text) || !HEALTH_PATH.test(path)) return undefined
  return statement('degraded', `says ${JSON.stringify(text)}, which is not understood`)
}

const statement = (status: HealthDocument['status'], reason: string | undefined): HealthDocument => ({
  status,
  reason: reason && escapeLine(reason, 260),
  version: undefined,
  checks: [],
})

/** `[+]ping ok`, `[-]etcd failed: reason withheld`. */
function readList(text: string): HealthDocument | undefined {
  const checks = text.split('\n').flatMap((line): Check[] => {
    const [, sign, name, rest] = /^\[([+-])\]\s*(\S+)\s*(.*)$/.exec(line.trim()) ?? []
    if (sign === undefined || name === undefined) return []
    return [{name: escapeLine(name, 60), status: sign === '+' ? 'up' : 'down', detail: escapeLine(rest ?? '', 160)}]
  })
  if (checks.length === 0) return undefined
  return {status: undefined, reason: undefined, version: undefined, checks: checks.slice(0, 50)}
}

/** A page that answers 200 and is an error page by its title. */
function readPage(text: string): HealthDocument | undefined {
  const title = /<(title|h1)[^>]*>([^<]{1,200})</i.exec(text)?.[2]?.trim()
  if (title === undefined) return undefined
  const code = /^(?:error\s*)?([45]\d\d)\b/i.exec(title)
  const bad =
    code !== null ||
    /^(bad gateway|service unavailable|gateway time-?out|internal server error|forbidden|under maintenance|maintenance|application error|error)\b/i.test(
      title,
    )
  return bad ? statement('down', `is an error page: ${title}`) : undefined
}
