import type {Check} from '../../../monitors/sample.ts'
import {escapeLine} from '../../../text/escape.ts'
import {readDialects} from './dialects/read-dialect.ts'
import {fieldsOf, readLines} from './dialects/texts.ts'
import {type HealthDocument, readHealthDocument} from './document.ts'
import {diedIn, readPage} from './page.ts'
import {isVerdictKey, type OwnWords} from './statement.ts'
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
  if (/html/i.test(contentType) || /^<(!doctype|html)/i.test(text)) return readPage(text, path)
  const died = diedIn(text)
  if (died !== undefined) return died
  const product = readProduct(text, path)
  if (product !== undefined) return product
  const fields = readFields(text, {path, words})
  if (fields !== undefined || /xml/i.test(contentType) || text.startsWith('<?xml')) return fields
  const listed = readList(text)
  if (listed !== undefined) return listed
  if (text.length > LONGEST_ANSWER) return undefined
  // Of several lines, such as those of an event stream, only bad news counts.
  if (text.includes('\n'))
    return HEALTH_PATH.test(path) && worstWordIn(text) !== undefined
      ? statement('degraded', `says ${JSON.stringify(text)}`)
      : undefined
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

/** The rows of a product whose plain text is known; the bad ones first, since there may be hundreds. */
function readProduct(text: string, path: string): HealthDocument | undefined {
  const lines = readLines(text)
  const checks = lines.length > 0 ? lines : (readDialects(fieldsOf(text), path)?.checks ?? [])
  if (checks.length === 0) return undefined
  const bad = checks.filter(({status}) => status !== 'up')
  return {
    status: undefined,
    reason: undefined,
    version: undefined,
    checks: (bad.length > 0 ? bad : checks).slice(0, 50),
  }
}

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

const LONGEST_FIELDS = 4096

/** `status=DOWN`, `status: DOWN`, `<status>DOWN</status>`, one a line or an element: what a document says without being JSON. */
function readFields(
  text: string,
  {path, words}: {readonly path: string; readonly words: OwnWords},
): HealthDocument | undefined {
  if (text.length > LONGEST_FIELDS) return undefined
  const isXml = text.startsWith('<')
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '')
  const pairs = isXml
    ? [...text.matchAll(/<([\w-]+)>\s*([^<]{1,100}?)\s*<\/\1>|\b(status|health|state)="([^"]{1,100})"/gi)].map(
        ([, name = '', value = '', attribute, said]) => [attribute ?? name, said ?? value] as const,
      )
    : lines.flatMap(line => {
        const [, name, value] = /^\s*([\w.-]{1,60})\s*[:=]\s*"?([^"]{1,100}?)"?\s*$/.exec(line) ?? []
        return name === undefined || value === undefined ? [] : [[name, value] as const]
      })
  if (!pairs.some(([name]) => isVerdictKey(name)) || (!isXml && pairs.length < lines.length / 2)) return undefined
  // An element of an application's own may be called so, too.
  const isVerdict = (said: string): boolean => HEALTH_PATH.test(path) || healthOfWord(said) !== undefined
  const documents = isXml ? pairs.filter(([, said]) => isVerdict(said)).map(pair => [pair]) : [pairs]
  return documents
    .map(fields => readHealthDocument(Object.fromEntries(fields), words))
    .reduce<HealthDocument | undefined>(
      (worst, one) => (one !== undefined && (worst === undefined || rank(one) > rank(worst)) ? one : worst),
      undefined,
    )
}

const rank = ({status}: HealthDocument): number => ['up', 'degraded', 'down'].indexOf(status ?? 'up')
