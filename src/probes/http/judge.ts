import type {Found} from '../../connections/attempt.ts'
import type {Check, Health} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'
import type {HealthDocument} from './document.ts'
import {readHealthDocument, valueAt} from './document.ts'
import type {Answer} from './request.ts'
import type {HttpProbeSpec} from './schema.ts'
import {plainHttp} from '../../connections/http.ts'

const DAY_MS = 86_400_000
const WORST: Readonly<Record<Health, number>> = {up: 0, degraded: 1, down: 2}

/** One thing that was looked at: its verdict, and what to say when it is the worst one. */
interface Verdict {
  readonly status: Health
  readonly reason: string
}

/** The finding of an answer: the worst of status code, body, JSON values, health document and certificate. */
export function judgeAnswer(
  answer: Answer,
  expect: HttpProbeSpec['expect'],
  seen: {readonly now: number; readonly certificateEnds: number | undefined},
): Found {
  const json = parseJson(answer)
  const document = readHealthDocument(json)
  const certificate = judgeCertificate(seen.certificateEnds, seen.now, expect.certificateDays)
  const verdicts: Verdict[] = [
    judgeStatus(answer, expect),
    ...judgeBody(answer, expect),
    ...Object.entries(expect.json).map(([path, wanted]) => judgeValue(json, path, wanted)),
    ...(document ? judgeDocument(document) : []),
    ...(certificate ? [{status: certificate.status, reason: `certificate ${certificate.detail}`}] : []),
  ]
  const status = verdicts.reduce<Health>(
    (worst, each) => (WORST[each.status] > WORST[worst] ? each.status : worst),
    'up',
  )
  const wrong = verdicts.filter(verdict => verdict.status !== 'up').map(verdict => verdict.reason)
  const checks: Check[] = [...(document?.checks ?? []), ...(certificate ? [certificate] : [])]
  return {
    status,
    reason: escapeLine(wrong.length > 0 ? [...new Set(wrong)].join('; ') : statusText(answer.status), 300),
    checks,
    ...(document?.version === undefined ? {} : {version: document.version}),
  }
}

function parseJson(answer: Answer): unknown {
  if (answer.cut || !/^\s*[{[]/.test(answer.body)) return undefined
  try {
    return JSON.parse(answer.body) as unknown
  } catch {
    return undefined
  }
}

const statusText = (status: number): string => `${status} ${plainHttp().STATUS_CODES[status] ?? ''}`.trim()

function judgeStatus(answer: Answer, expect: HttpProbeSpec['expect']): Verdict {
  const accepted = [expect.status].flat().includes(answer.status)
  const target = answer.location === undefined ? '' : ` to ${escapeLine(answer.location.split('?', 1)[0] ?? '', 100)}`
  return {status: accepted ? 'up' : 'down', reason: `answered ${statusText(answer.status)}${target}`}
}

function judgeBody(answer: Answer, expect: HttpProbeSpec['expect']): readonly Verdict[] {
  if (expect.body === undefined) return []
  const matches = new RegExp(expect.body).test(answer.body)
  return [{status: matches ? 'up' : 'down', reason: `body does not match /${escapeLine(expect.body, 80)}/`}]
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
  const names = failing.map(check => (check.detail === '' ? check.name : `${check.name}: ${check.detail}`)).join('; ')
  const own = document.status ?? 'up'
  if (own === 'up' && failing.length === 0) return []
  return [{status: own === 'up' ? 'degraded' : own, reason: names === '' ? `says it is ${own}` : names}]
}

function judgeCertificate(ends: number | undefined, now: number, days: number): Check | undefined {
  if (ends === undefined) return undefined
  const left = Math.floor((ends - now) / DAY_MS)
  return {name: 'certificate', status: left < days ? 'degraded' : 'up', detail: `expires in ${left} days`}
}
