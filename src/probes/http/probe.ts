import {safeAddress} from '../../connections/address.ts'
import {attemptProbe} from '../../connections/attempt.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import {judgeAnswer} from './judge.ts'
import {answerReader} from './reading.ts'
import type {Answer, Call} from './exchange.ts'
import type {HttpClient} from './request.ts'
import {httpClient, KEPT_MS} from './request.ts'
import type {HttpProbeSpec} from './schema.ts'
import {readAuthorities} from '../../connections/authorities.ts'

const REDIRECT_LIMIT = 5

export function openHttpProbe(spec: HttpProbeSpec, tools: ProbeTools): Probe {
  const client = httpClient(() => ({
    ...(spec.tls?.ca === undefined ? {} : {ca: readAuthorities(spec.tls.ca).toString('utf8')}),
    ...(spec.tls?.serverName === undefined ? {} : {servername: spec.tls.serverName}),
  }))
  let headers: Readonly<Record<string, string>> | undefined
  const read = answerReader(spec)
  let url: URL | undefined
  let last: number | undefined
  let address: string | undefined
  /** By the rhythm of the probes so far; at the first one nobody knows it. */
  const isSoon = (now: number): boolean => {
    const since = last === undefined ? Number.POSITIVE_INFINITY : now - last
    last = now
    return since < KEPT_MS * 0.9
  }
  return {
    run: given => {
      const signal = deadlineOf(given, spec.timeout)
      return attemptProbe(tools.clock, signal, async () => {
        headers ??= await readHeaders(spec, tools)
        const started = tools.clock.monotonic()
        const keeps = isSoon(started)
        const call = {url: (url ??= new URL(spec.url)), method: spec.method, headers, clock: tools.clock, keeps}
        const answer = await sendFollowing(client, call, spec.follow, signal)
        const latencyMs = tools.clock.monotonic() - started
        // A token may have been rotated: read it again at the next probe.
        if (answer.status === 401 || answer.status === 403) headers = undefined
        const found = await judgeAnswer(answer, spec, tools, read)
        return {...found, latencyMs, detail: {address: (address ??= safeAddress(spec.url)), phases: answer.phases}}
      })
    },
    close: () => Promise.resolve(client.close()),
  }
}

const deadlineOf = (signal: AbortSignal, timeoutMs: number | undefined): AbortSignal =>
  timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])

async function readHeaders(spec: HttpProbeSpec, tools: ProbeTools): Promise<Readonly<Record<string, string>>> {
  const read: Record<string, string> = {}
  // Nobody compresses for a client that does not ask for it.
  if (Object.keys(spec.expect.headers).some(name => name.toLowerCase() === 'content-encoding'))
    read['accept-encoding'] = 'br, gzip, deflate, zstd'
  for (const [name, ref] of Object.entries(spec.headers)) read[name.toLowerCase()] = await tools.secret(ref)
  return read
}

/** Follows at most five redirects; without `follow`, the redirect itself is the answer. */
async function sendFollowing(client: HttpClient, call: Call, follow: boolean, signal: AbortSignal): Promise<Answer> {
  let here = call
  for (let hops = 0; hops <= REDIRECT_LIMIT; hops += 1) {
    const answer = await client.send(here, signal)
    const next = follow ? redirected(here, answer) : undefined
    if (next === undefined) return answer
    here = next
  }
  throw new Error(`more than ${REDIRECT_LIMIT} redirects`)
}

/** The next call of a redirect. Configured headers may be secrets: they never go to another origin. */
function redirected(call: Call, answer: Answer): Call | undefined {
  if (answer.status < 300 || answer.status >= 400 || answer.location === undefined) return undefined
  if (!URL.canParse(answer.location, call.url.href)) return undefined
  const url = new URL(answer.location, call.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  const method = answer.status === 303 && call.method === 'POST' ? 'GET' : call.method
  return {...call, url, method, headers: url.origin === call.url.origin ? call.headers : {}}
}
