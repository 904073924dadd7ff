import {escapeLine} from '../text/escape.ts'
import type {ReleaseConfig} from './config.ts'
import {instanceHealth} from './health.ts'
import type {InstanceView} from './views.ts'
import {type Request, urlOf} from './request.ts'

type InstanceConfig = ReleaseConfig['slots'][number]['instances'][number]

/** Asks one instance, past the load balancer, whether it is ready and which version it is. Rejects only when it is aborted. */
export async function probeInstance(
  instance: InstanceConfig,
  slot: string,
  ask: {readonly config: ReleaseConfig; readonly request: Request; readonly signal: AbortSignal},
): Promise<InstanceView> {
  const {config, request, signal} = ask
  const options = {timeoutMs: config.timeout, signal}
  const [health, version] = await Promise.all([
    instanceHealth({url: instance.url, health: config.healthPath}, {request, ...options}),
    request(urlOf(instance.url, config.versionPath), options).then(
      answer => versionIn(answer.body),
      () => undefined,
    ),
  ])
  return {
    id: instance.name,
    slot,
    host: instance.host ?? hostOf(instance.url),
    url: instance.url,
    health: config.healthPath,
    version,
    state: health.ok ? 'up' : 'down',
    reason: health.reason,
  }
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

/** For people: where its URL points. */
function hostOf(url: string): string {
  const {hostname} = new URL(url)
  return /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname) ? 'localhost' : hostname
}
