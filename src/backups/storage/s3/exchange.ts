import {createHash} from 'node:crypto'
import type {Agent, IncomingMessage} from 'node:http'
import {plainHttp, secureHttp} from '../../../connections/http.ts'
import type {StorageTools} from '../storage.ts'
import {s3Place} from './address.ts'
import type {S3StorageSpec} from './schema.ts'
import {type Credentials, encodeKey, encodeQuery, sha256, signRequest} from './sign.ts'
import {readAuthorities} from '../../../connections/authorities.ts'

export interface S3Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD'
  /** Whole name of an object; the bucket when left out. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Answers besides success that the caller understands. */
  readonly accept?: readonly number[]
  /** How often it is tried when the network or the service fails. */
  readonly attempts?: number
  /** Not signed: what anybody would be told. */
  readonly anonymous?: boolean
  readonly signal?: AbortSignal | undefined
}

export interface Exchange {
  /** One request, and the answer once its head is there. */
  send(call: S3Call): Promise<IncomingMessage>
  /** The next request reads the secrets again. */
  forgetCredentials(): void
}

/** Signs requests and sends them over connections that are kept; knows nothing of what the answers mean. */
export function openExchange(
  spec: S3StorageSpec,
  tools: Pick<StorageTools, 'secret'>,
  {idleMs, now}: {readonly idleMs: number; readonly now: () => number},
): Exchange {
  const {origin, base} = s3Place(spec)
  const secure = origin.protocol === 'https:'
  let agent: Agent | undefined
  let known: Promise<Credentials> | undefined
  const credentials = (): Promise<Credentials> => {
    known ??= readCredentials(spec, tools)
    known.catch(() => (known = undefined))
    return known
  }
  const agentOf = (): Agent =>
    (agent ??= secure
      ? new (secureHttp().Agent)({keepAlive: true, ...(spec.ca === undefined ? {} : {ca: readAuthorities(spec.ca)})})
      : new (plainHttp().Agent)({keepAlive: true}))

  async function headersOf(call: S3Call, path: string, body: Uint8Array): Promise<Record<string, string>> {
    const headers = {...call.headers, ...(body.length === 0 ? {} : {'content-md5': md5(body, 'base64')})}
    if (call.anonymous === true) return {...headers, host: origin.host}
    const request = {method: call.method, host: origin.host, path, query: call.query ?? {}, headers}
    return signRequest({...request, payload: sha256(body)}, await credentials(), {region: spec.region, at: now()})
  }

  return {
    forgetCredentials: () => (known = undefined),
    async send(call) {
      const body = call.body ?? Buffer.alloc(0)
      const path = call.key === undefined ? base || '/' : `${base}/${encodeKey(call.key)}`
      const headers = await headersOf(call, path, body)
      const search = encodeQuery(call.query ?? {})
      return new Promise((resolve, reject) => {
        const sent = (secure ? secureHttp() : plainHttp()).request({
          agent: agentOf(),
          method: call.method,
          host: origin.hostname.replace(/^\[|\]$/g, ''),
          port: origin.port === '' ? undefined : origin.port,
          path: search === '' ? path : `${path}?${search}`,
          headers: {...headers, 'content-length': String(body.length)},
          ...(call.signal === undefined ? {} : {signal: call.signal}),
        })
        sent.setTimeout(idleMs, () => sent.destroy(new Error(`it said nothing for ${Math.round(idleMs / 1000)} s`)))
        sent.once('response', resolve)
        // Also after the answer began: that error is told by the answer, and must not end the process here.
        sent.on('error', reject)
        sent.end(body)
      })
    },
  }
}

export const md5 = (bytes: Uint8Array, form: 'hex' | 'base64'): string => createHash('md5').update(bytes).digest(form)

async function readCredentials(spec: S3StorageSpec, {secret}: Pick<StorageTools, 'secret'>): Promise<Credentials> {
  const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all([
    secret(spec.accessKeyId),
    secret(spec.secretAccessKey),
    spec.sessionToken === undefined ? undefined : secret(spec.sessionToken),
  ])
  return {accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : {sessionToken})}
}
