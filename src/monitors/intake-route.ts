import {createHash, createHmac, timingSafeEqual} from 'node:crypto'
import type {IncomingHttpHeaders} from 'node:http'
import {acceptSent} from '../alerts/intake/accept.ts'
import {SHORTEST_TOKEN} from '../alerts/intake/check.ts'
import type {IntakeSpec} from '../alerts/intake/config.ts'
import {readAlertmanager} from '../alerts/intake/formats/alertmanager.ts'
import {readFalco} from '../alerts/intake/formats/falco.ts'
import {readJson} from '../alerts/intake/formats/json.ts'
import {readSentry} from '../alerts/intake/formats/sentry.ts'
import type {ReportedStore} from '../alerts/intake/reported.ts'
import type {ReadSent} from '../alerts/intake/sent.ts'
import type {ResolveSecret} from '../config/fields.ts'
import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {Clock} from '../units/clock.ts'
import {jsonAnswer, type Route, RouteRefusal} from './route.ts'

/** Of one request: some hundred alerts with all their labels. */
const LONGEST_BODY = 1024 * 1024
/** Wrong passwords a minute, of all senders together. */
const MOST_WRONG = 60
const READ: Readonly<Record<IntakeSpec['type'], ReadSent>> = {
  alertmanager: readAlertmanager,
  falco: readFalco,
  sentry: readSentry,
  json: readJson,
}

export interface IntakeTools {
  /** As it is now: a sender that is added is heard at once. */
  readonly config: () => {
    readonly alerts: {readonly intake: readonly IntakeSpec[]}
    readonly environments: readonly {readonly name: string}[]
  }
  readonly store: () => ReportedStore
  readonly secret: ResolveSecret
  readonly clean: (text: string) => string
  readonly clock: Clock
}

/** `POST /intake/NAME`: what a sender tells is an alert of ours once it is written down. */
export function intakeRoute({config, store, secret, clean, clock}: IntakeTools): Route {
  const taken = new Map<string, Bucket>()
  const wrong = bucket(MOST_WRONG, clock)
  return {
    path: '/intake/',
    methods: ['POST'],
    bodyLimit: LONGEST_BODY,
    async answer({rest, headers, body}) {
      const {alerts, environments} = config()
      const spec = alerts.intake.find(({name}) => name === rest)
      if (wrong.isEmpty()) throw new RouteRefusal(429, 'too many wrong passwords: try again in a minute')
      // Nobody learns from the answer whether there is a sender of that name.
      const token = spec === undefined ? '' : await secret(spec.token)
      const signed = spec?.type === 'sentry' && token.length >= SHORTEST_TOKEN
      if (!signed && !isToken(headers, token)) {
        wrong.take()
        throw new RouteRefusal(401, 'this needs the password of a sender')
      }
      const limit = taken.get(rest) ?? bucket(spec?.rate ?? 1, clock)
      if (!signed) takeOne(taken, rest, limit)
      const bytes = await body()
      if (signed && !isSignature(headers, bytes, token)) {
        wrong.take()
        throw new RouteRefusal(401, 'this needs the password of a sender')
      }
      if (signed) takeOne(taken, rest, limit)
      if (spec === undefined) throw new RouteRefusal(404, 'there is no such sender')
      const facts = {spec, environments: environments.map(({name}) => name), clean, now: clock.now()}
      const sent = readSent(spec, bytes)
      const {reported, refused} = acceptSent(sent, store(), facts)
      keep(store(), reported)
      return jsonAnswer(refused > 0 ? 429 : 200, {accepted: reported.length, refused})
    },
  }
}

function readSent(spec: IntakeSpec, bytes: Buffer): ReturnType<ReadSent> {
  try {
    return READ[spec.type](JSON.parse(bytes.toString('utf8')), spec)
  } catch (error) {
    throw new RouteRefusal(400, escapeLine(error instanceof SyntaxError ? 'this is not JSON' : messageOf(error), 200))
  }
}

/** What is not on disk was not taken: the sender tries again. */
function keep(store: ReportedStore, reported: Parameters<ReportedStore['save']>[0]): void {
  try {
    store.save(reported)
  } catch (error) {
    throw new RouteRefusal(503, error instanceof OpsError ? error.message : 'it cannot be written down now')
  }
}

/** A bearer token, or the password of basic authentication, of whatever user. Compared in constant time. */
function isToken({authorization = ''}: IncomingHttpHeaders, token: string): boolean {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)\s*$/i.exec(authorization) ?? []
  const said = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value
  const same = timingSafeEqual(digest(said), digest(token))
  return same && token.length >= SHORTEST_TOKEN
}

const passwordOf = (basic: string): string =>
  Buffer.from(basic, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** How Sentry signs: HMAC-SHA256 of the body by the client secret, in hex. */
function isSignature(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const said = String(headers['sentry-hook-signature'] ?? '')
  return timingSafeEqual(digest(said), digest(createHmac('sha256', secret).update(body).digest('hex')))
}

interface Bucket {
  isEmpty(): boolean
  /** False: there was nothing left. */
  take(): boolean
}

/** So many a minute, and as many at once after a quiet minute. */
function bucket(perMinute: number, clock: Clock): Bucket {
  let left = perMinute
  let at = clock.monotonic()
  const fill = (): void => {
    const now = clock.monotonic()
    left = Math.min(perMinute, left + ((now - at) / 60_000) * perMinute)
    at = now
  }
  return {
    isEmpty() {
      fill()
      return left < 1
    },
    take() {
      fill()
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}

function takeOne(taken: Map<string, Bucket>, name: string, limit: Bucket): void {
  taken.set(name, limit)
  if (!limit.take()) throw new RouteRefusal(429, 'too many requests of this sender')
}
