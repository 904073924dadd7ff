import type {ResolveSecret} from '../../config/fields.ts'
import {reasonOf} from '../../connections/reason.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'
import type {AlertmanagerSpec} from './config.ts'
import {parseAlerts, parseSilences} from './parse.ts'
import type {Reading, TheirAlert, TheirMatcher} from './reading.ts'

/** An Alertmanager with 2,000 alerts of ten labels answers with two megabytes. */
const LONGEST_ANSWER = 16 * 1024 * 1024

export interface AlertmanagerTools {
  readonly secret: ResolveSecret
  readonly fetch: typeof fetch
  /** Escapes and redacts: what it says is from outside. */
  readonly clean: (text: string) => string
}

/** A silence as it is asked for. */
export interface WantedThere {
  readonly matchers: readonly TheirMatcher[]
  readonly author: string
  readonly comment: string
  readonly startsAt: number
  readonly endsAt: number
}

/** One Alertmanager by its API v2. */
export interface AlertmanagerClient {
  /** Alerts, silences and version; rejects when its alerts cannot be read. Silences that cannot be are said to be so. */
  read(
    signal: AbortSignal,
  ): Promise<Pick<Reading, 'alerts' | 'silences' | 'silencesProblem' | 'version' | 'unreadable' | 'more'>>
  /** Open alerts there that say of themselves that a console sent them. */
  sentByUs(signal: AbortSignal): Promise<readonly TheirAlert[]>
  /** Labels of an alert as they are there, to match it by: those that are kept may be escaped. Undefined: it is over. */
  labels(fingerprint: string, signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined>
  /** Gives the id of the new silence. */
  silence(wanted: WantedThere, signal: AbortSignal): Promise<string>
  expire(id: string, signal: AbortSignal): Promise<void>
}

/** Its alerts decide whether it answers; what else it can do is found out each time, never taken from its version. */
export function openAlertmanager(
  spec: Pick<AlertmanagerSpec, 'url' | 'token' | 'timeout'>,
  tools: AlertmanagerTools,
): AlertmanagerClient {
  const base = `${spec.url.replace(/\/+$/, '')}/api/v2`
  const call = async (path: string, signal: AbortSignal, request: RequestInit = {}): Promise<unknown> => {
    const late = AbortSignal.timeout(spec.timeout)
    const headers = {
      accept: 'application/json',
      ...(request.body === undefined ? {} : {'content-type': 'application/json'}),
      ...(spec.token === undefined ? {} : {authorization: `Bearer ${await tools.secret(spec.token)}`}),
    }
    try {
      const response = await tools.fetch(`${base}${path}`, {
        ...request,
        headers,
        // Not followed: it would take the token to somebody else.
        redirect: 'manual',
        signal: AbortSignal.any([signal, late]),
      })
      return parseAnswer(response, await readAll(response))
    } catch (thrown) {
      if (late.aborted) throw new Error(`no answer within ${formatDuration(spec.timeout)}`, {cause: thrown})
      throw new Error(tools.clean(reasonOf(thrown)), {cause: thrown})
    }
  }
  return {
    async read(signal) {
      const problem = (error: unknown): string => reasonOf(error)
      const [alerts, silences, status] = await Promise.all([
        call('/alerts', signal).then(json => parseAlerts(json, tools.clean)),
        call('/silences', signal)
          .then(json => parseSilences(json, tools.clean))
          .catch(problem),
        call('/status', signal).catch(() => undefined),
      ])
      const known = typeof silences === 'string' ? undefined : silences
      return {
        alerts: alerts.items,
        more: alerts.more,
        silences: known?.items ?? [],
        silencesProblem: typeof silences === 'string' ? silences : undefined,
        unreadable: alerts.unreadable + (known?.unreadable ?? 0),
        version: versionOf(status),
      }
    },
    async sentByUs(signal) {
      const filter = encodeURIComponent('source="opsconsole"')
      return parseAlerts(await call(`/alerts?filter=${filter}`, signal), tools.clean).items
    },
    async labels(fingerprint, signal) {
      const {items} = parseAlerts(await call('/alerts', signal), text => text)
      return items.find(alert => alert.fingerprint === fingerprint)?.labels
    },
    async silence({matchers, author, comment, startsAt, endsAt}, signal) {
      const body = JSON.stringify({
        matchers,
        createdBy: author,
        comment,
        startsAt: new Date(startsAt).toISOString(),
        endsAt: new Date(endsAt).toISOString(),
      })
      const answer = await call('/silences', signal, {method: 'POST', body})
      const id = (answer as {readonly silenceID?: unknown} | null)?.silenceID
      if (typeof id !== 'string') throw new Error('it did not say that there is a silence now')
      return escapeLine(id, 64)
    },
    expire: async (id, signal) => void (await call(`/silence/${encodeURIComponent(id)}`, signal, {method: 'DELETE'})),
  }
}

async function readAll(response: Response): Promise<string> {
  if (response.body === null) return ''
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body) {
    bytes += part.length
    if (bytes > LONGEST_ANSWER) throw new Error('it answered with more than 16 MB')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parseAnswer({ok, status}: Response, text: string): unknown {
  const said = text.trim()
  if (status >= 300 && status < 400) throw new Error(`it answered ${status}: redirects are not followed`)
  if (!ok) throw new Error(`it answered ${status}${said === '' ? '' : `: ${escapeLine(said, 160)}`}`)
  if (said === '') return undefined
  try {
    return JSON.parse(said)
  } catch {
    throw new Error('it answered with something that is not JSON')
  }
}

function versionOf(status: unknown): string | undefined {
  const info = (status as {readonly versionInfo?: {readonly version?: unknown}} | null | undefined)?.versionInfo
  return typeof info?.version === 'string' ? escapeLine(info.version, 40) : undefined
}
