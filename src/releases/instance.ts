import {messageOf} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {ReleaseConfig} from './config.ts'
import type {InstanceView} from './views.ts'
import {type Request, urlOf} from './request.ts'

type InstanceConfig = ReleaseConfig['slots'][number]['instances'][number]

/** Asks one instance, past the load balancer, whether it is ready and which version it is. Never rejects. */
export async function lookAtInstance(
  instance: InstanceConfig,
  slot: string,
  ask: {readonly config: ReleaseConfig; readonly request: Request; readonly signal: AbortSignal},
): Promise<InstanceView> {
  const {config, request, signal} = ask
  const options = {timeoutMs: config.timeout, signal}
  const [health, version] = await Promise.all([
    request(urlOf(instance.url, config.health), options).then(
      answer => ({
        up: answer.status === 200,
        reason: answer.status === 200 ? 'answers' : `${config.health} answers ${answer.status}`,
      }),
      (cause: unknown) => ({up: false, reason: `does not answer: ${wordsOf(cause)}`}),
    ),
    request(urlOf(instance.url, config.versionPath), options).then(
      answer => versionIn(answer.body),
      () => undefined,
    ),
  ])
  return {
    id: instance.name,
    slot,
    host: instance.host,
    url: instance.url,
    health: config.health,
    version,
    state: health.up ? 'up' : 'down',
    reason: health.reason,
  }
}

/** Facts are compared between plan and run: the reason must say the same when nothing changed, so no ports or times. */
function wordsOf(cause: unknown): string {
  const code = (cause as {code?: unknown} | undefined)?.code
  return typeof code === 'string' ? code : escapeLine(messageOf(cause), 200)
}

/** The `version` field of a health document; undefined when there is none. */
export function versionIn(body: string): string | undefined {
  try {
    const version = (JSON.parse(body) as {version?: unknown} | null)?.version
    return typeof version === 'string' && version !== '' ? escapeLine(version, 100) : undefined
  } catch {
    return undefined
  }
}
