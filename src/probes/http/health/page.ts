import {escapeLine} from '../../../text/escape.ts'
import type {Health} from '../../../monitors/sample.ts'
import type {HealthDocument} from './document.ts'
import {hasGoodWord, healthOfWord, worstWordIn} from './words.ts'

/** Paths under which no page for people is expected. */
const HEALTH_PAGE = /(^|\/)(health\w*|ready\w*|readiness|livez|liveness|alive|heartbeat|ping|up)\/?$/i
/** Longer text is a page for people. */
const LONGEST_ANSWER = 300

/** What a title says whatever the status code does, of servers, proxies and frameworks. */
const TITLES: readonly (readonly [RegExp, Health])[] = [
  [/^(?:http )?(?:status|error)?:?\s*[45]\d\d\b/i, 'down'],
  [/(?:^|\|)\s*[45]\d\d:|\([45]\d\d\)\s*$/, 'down'],
  [
    /^(bad gateway|service unavailable|gateway time-?out|internal server error|forbidden|application error|error)\b/i,
    'down',
  ],
  [/^server error$|\| application error$|^database error$/i, 'down'],
  [/\berror page\b|\bsomething went wrong\b|^\w*(?:error|exception) (?:at|in) \//i, 'down'],
  [/^network authentication required\b|\bcaptive portal\b/i, 'down'],
  [
    /^(?:(?:site|system|server|scheduled) )?maintenance(?: mode)?$|\b(?:for|under|undergoing|in) (?:scheduled )?maintenance\b/i,
    'degraded',
  ],
  [/\bunder construction\b|\bbe (?:right )?back\b/i, 'degraded'],
  [/\btemporarily (?:unavailable|down|offline)\b|\bout of service\b/i, 'down'],
  [/^just a moment\b|^attention required\b|^starting \w+$|^please wait\b/i, 'degraded'],
]
/** Pages that stand there when what should be there does not. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [
    /^welcome to nginx\b|\bdefault page\b|^iis windows\b|^test page for\b|^caddy works\b/i,
    'the page of a new web server',
  ],
  [/^index of \//i, 'a list of files'],
  [/\b(?:domain )?is for sale\b|\bdomain parking\b|\bparked domain\b/i, 'the page of a domain that is for sale'],
]

/** What a program leaves in its answer when it dies in the middle of it. */
const DEATHS =
  /<b>(?:fatal|parse) error<\/b>:|\bPHP (?:fatal|parse) error:|^\s*traceback \(most recent call last\):|experiencing problems/im

/** A page that answers 200 and is none of those that people want, or none at all where health is asked for. */
export function readPage(page: string, path: string): HealthDocument | undefined {
  const title = (/<title[^>]*>([^<]{1,200})</i.exec(page) ?? /<h1[^>]*>([^<]{1,200})</i.exec(page))?.[1]?.trim() ?? ''
  const bad = TITLES.find(([pattern]) => pattern.test(title))?.[1]
  if (bad !== undefined) return saying(bad, bad === 'down' ? `is an error page: ${title}` : `is a page: ${title}`)
  if (DEATHS.test(page)) return saying('down', 'is the error of a program')
  const standIn = STAND_INS.find(([pattern]) => pattern.test(title))?.[1]
  if (standIn !== undefined) return saying('degraded', `is ${standIn}: ${title}`)
  if (!HEALTH_PAGE.test(path)) return undefined
  // Rails answers a colour.
  const colour = /background(?:-color)?:\s*(green|red)\b/i.exec(page)?.[1]?.toLowerCase()
  if (colour !== undefined) return saying(colour === 'green' ? 'up' : 'down', colour === 'green' ? undefined : 'is red')
  const text = textOf(page)
  if (text.length <= LONGEST_ANSWER) {
    const known = healthOfWord(text) ?? (hasGoodWord(text) && worstWordIn(text) === undefined ? 'up' : undefined)
    if (known !== undefined) return saying(known, known === 'up' ? undefined : `says ${JSON.stringify(text)}`)
  }
  return saying('degraded', `answers a page${title === '' ? '' : ` (${title})`}, which is not understood`)
}

/** Whether a program died while it answered in plain text. */
export const diedIn = (text: string): HealthDocument | undefined =>
  /^<\?php\s/i.test(text)
    ? saying('degraded', 'is the source of a program, which is not run')
    : DEATHS.test(text)
      ? saying('down', `is the error of a program: ${text.split('\n')[0] ?? ''}`)
      : undefined

const textOf = (page: string): string =>
  page
    .replace(/<(style|script|svg|head)\b.*?<\/\1\s*>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

const saying = (status: Health, reason: string | undefined): HealthDocument => ({
  status,
  reason: reason && escapeLine(reason, 260),
  version: undefined,
  checks: [],
})
