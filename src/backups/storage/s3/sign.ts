import {createHash, createHmac} from 'node:crypto'

/** Whose request it is. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** A request before it is signed. */
export interface Unsigned {
  readonly method: string
  /** With its port unless it is the usual one. */
  readonly host: string
  /** Already encoded, from the first `/`. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** SHA-256 of the body, in hexadecimal. */
  readonly payload: string
}

/** All but letters, digits and `-._~`, as RFC 3986 and AWS want it: `encodeURIComponent` leaves five more. */
export const encodeWord = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

/** The name of an object as it stands in a path. */
export const encodeKey = (key: string): string => key.split('/').map(encodeWord).join('/')

export const encodeQuery = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => [encodeWord(name), encodeWord(value)] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(pair => pair.join('='))
    .join('&')

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/**
 * The headers of a request, signed by AWS Signature Version 4 (docs.aws.amazon.com, "Authenticating Requests:
 * Using the Authorization Header"). Everything that is sent is signed, the checksum of the body as well.
 */
export function signRequest(
  request: Unsigned,
  {accessKeyId, secretAccessKey, sessionToken}: Credentials,
  {region, at}: {readonly region: string; readonly at: number},
): Record<string, string> {
  const time = new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, '')
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.host,
    'x-amz-content-sha256': request.payload,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : {'x-amz-security-token': sessionToken}),
  }
  const names = Object.keys(headers).sort()
  const canonical = [
    request.method,
    request.path,
    encodeQuery(request.query),
    ...names.map(name => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    request.payload,
  ].join('\n')
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`
  const key = scope.split('/').reduce<Uint8Array | string>(hmac, `AWS4${secretAccessKey}`)
  const signature = Buffer.from(hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`)).toString('hex')
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

const hmac = (key: Uint8Array | string, text: string): Uint8Array => createHmac('sha256', key).update(text).digest()
