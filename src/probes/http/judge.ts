import {bodyFault, statusFault, statusText} from '../../connections/answer-fault.ts'
import type {Found} from '../../connections/attempt.ts'
import type {Check, Health} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Matcher} from '../../text/matcher.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {HealthDocument} from './health/document.ts'
import {worseOf} from './health/words.ts'
import {valueAt} from './value-at.ts'
import type {ProbeTools} from '../probe.ts'
import {readAnswer, type Reading, type ReadSpec} from './reading.ts'
import type {Answer} from './exchange.ts'
import type {HttpProbeSpec} from './schema.ts'

const DAY_MS = 86_400_000

/** What of a probe's section judges its answers. */
export type JudgedSpec = ReadSpec

/** One thing that was checked: its verdict, and what to say when it is the worst one. */
interface Verdict {
  readonly status: Health
  readonly reason: string
}

/** The result of an answer: the worst of status code, body, headers, JSON values, health document and certificate. */
export async function judgeAnswer(
  answer: Answer,
  spec: JudgedSpec,
  {clock, matcher}: Pick<ProbeTools, 'clock' | 'matcher'>,
  read = (given: Answer): Reading => readAnswer(given, spec),
): Promise<Found> {
  const {expect} = spec
  const {json, document} = read(answer)
  const certificate = judgeCertificate(answer.handshake?.validTo, clock.now(), expect.certificateDays)
  const verdicts: Verdict[] = [judgeStatus(answer, expect)]
  if (answer.unreadable !== undefined) verdicts.push(degraded(`the answer cannot be read: ${answer.unreadable}`))
  if (json.problem !== undefined) verdicts.push(degraded(json.problem))
  if (expect.body !== undefined) verdicts.push(...(await judgeBody(answer, expect, matcher)))
  const headers = Object.entries(expect.headers)
  if (headers.length > 0)
    verdicts.push(...(await Promise.all(headers.map(each => judgeHeader(answer, each, matcher)))).flat())
  if (expect.maxSize !== undefined) verdicts.push(...judgeSize(answer, expect.maxSize))
  for (const [path, wanted] of Object.entries(expect.json)) verdicts.push(judgeValue(json.value, path, wanted))
  if (document) verdicts.push(...judgeDocument(document))
  if (certificate) verdicts.push({status: certificate.status, reason: `certificate ${certificate.detail}`})
  const wrong = verdicts.filter(verdict => verdict.status !== 'up')
  const status = wrong.reduce<Health>((worst, each) => worseOf(each.status, worst), 'up')
  const found = document?.checks ?? []
  const checks: readonly Check[] = certificate ? [...found, certificate] : found
  return {
    status,
    reason: escapeLine(
      wrong.length > 0 ? [...new Set(wrong.map(({reason}) => reason))].join('; ') : statusText(answer.status),
      300,
    ),
    checks,
    ...(document?.version === undefined ? {} : {version: document.version}),
  }
}

const degraded = (reason: string): Verdict => ({status: 'degraded', reason})

async function judgeHeader(
  {headers}: Answer,
  [name, wanted]: readonly [string, string],
  matcher: Pick<Matcher, 'match'>,
): Promise<readonly Verdict[]> {
  const value = headers[name.toLowerCase()]
  const header = `header ${escapeLine(name, 60)}`
  if (value === undefined) return [degraded(`${header} is missing, expected /${escapeLine(wanted, 80)}/`)]
  const match = await matcher.match(wanted, value, 'i')
  if (match === 'yes') return []
  if (match !== 'no') return [degraded(`${header} not judged: ${match.unknown}`)]
  return [degraded(`${header} is ${JSON.stringify(escapeLine(value, 80))}, expected /${escapeLine(wanted, 80)}/`)]
}

function judgeSize({bytes, cut}: Answer, most: number): readonly Verdict[] {
  if (bytes <= most) return []
  return [
    degraded(`the body has ${cut ? 'more than ' : ''}${formatBytes(bytes)}, at most ${formatBytes(most)} expected`),
  ]
}

function judgeStatus(answer: Answer, expect: HttpProbeSpec['expect']): Verdict {
  const fault = statusFault(answer.status, expect.status)
  const target = answer.location === undefined ? '' : ` to ${escapeLine(answer.location.split('?', 1)[0] ?? '', 100)}`
  return {status: fault === undefined ? 'up' : 'down', reason: `${fault ?? statusText(answer.status)}${target}`}
}

async function judgeBody(
  answer: Answer,
  expect: HttpProbeSpec['expect'],
  matcher: Pick<Matcher, 'match'>,
): Promise<readonly Verdict[]> {
  const fault = await bodyFault(answer.body, expect.body, matcher)
  return fault === undefined ? [] : [{status: fault.judged ? 'down' : 'degraded', reason: fault.reason}]
}

function judgeValue(json: unknown, path: string, wanted: string | number | boolean): Verdict {
  const value = valueAt(json, path)
  const found = value === undefined ? 'not there' : escapeLine(JSON.stringify(value), 80)
  return {
    status: value === wanted ? 'up' : 'down',
    reason: `${escapeLine(path, 80)} is ${found}, expected ${JSON.stringify(wanted)}`,
  }
}

/** A failing check under a document that calls itself healthy is degraded: somebody should look. */
function judgeDocument(document: HealthDocument): readonly Verdict[] {
  const failing = document.checks.filter(check => check.status !== 'up')
  const own = document.status ?? 'up'
  if (own === 'up' && failing.length === 0) return []
  const names = failing.map(check => (check.detail === '' ? check.name : `${check.name}: ${check.detail}`)).join('; ')
  // What is not understood is always named; a plain word only when no check says more.
  const unclear = document.reason?.endsWith('not understood') === true
  const words =
    names === '' ? (document.reason ?? `says it is ${own}`) : unclear ? `${document.reason}; ${names}` : names
  return [{status: own === 'up' ? 'degraded' : own, reason: words}]
}

function judgeCertificate(ends: number | undefined, now: number, days: number): Check | undefined {
  if (ends === undefined) return undefined
  const left = Math.floor((ends - now) / DAY_MS)
  return {name: 'certificate', status: left < days ? 'degraded' : 'up', detail: `expires in ${left} days`}
}
