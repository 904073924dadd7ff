import type {CheckSignature} from './played-s3.ts'

/** Without types: what only tests need is not asked of the type checker. */
const CLIENTS = './s3-clients.mjs'

interface OtherSigner {
  sign(): Promise<{readonly headers: Headers}>
}

/** Signs as `aws4fetch` does: the other opinion about every signature. */
export async function signWithAws4fetch(
  request: {readonly method: string; readonly url: string; readonly headers: Record<string, string>},
  options: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
    readonly region: string
    readonly datetime: string
  },
): Promise<string> {
  const {AwsV4Signer} = (await import(CLIENTS)) as {readonly AwsV4Signer: new (given: unknown) => OtherSigner}
  const signed = await new AwsV4Signer({...request, ...options, service: 's3', allHeaders: true}).sign()
  return signed.headers.get('authorization') ?? ''
}

/** Refuses what that one would have signed otherwise, a wrong key, a wrong checksum and a clock that is off. */
export function checkWithAws4fetch(
  keys: {readonly accessKeyId: string; readonly secretAccessKey: string},
  sha256: (bytes: Buffer) => string,
): CheckSignature {
  return async ({method, headers}, url, body) => {
    const given = String(headers.authorization)
    const [, id = '', region = ''] = /Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request/.exec(given) ?? []
    if (id !== keys.accessKeyId) return 'InvalidAccessKeyId'
    const datetime = String(headers['x-amz-date'])
    const at = Date.parse(datetime.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
    if (!(Math.abs(Date.now() - at) < 15 * 60_000)) return 'RequestTimeTooSkewed'
    if (headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch'
    const names = (/SignedHeaders=([^,]+)/.exec(given)?.[1] ?? '').split(';').filter(name => name !== 'host')
    const signed = Object.fromEntries(names.map(name => [name, String(headers[name])]))
    const request = {method, url: `http://${headers.host}${url.pathname}${url.search}`, headers: signed}
    const expected = await signWithAws4fetch(request, {...keys, region, datetime})
    return expected === given ? undefined : 'SignatureDoesNotMatch'
  }
}
