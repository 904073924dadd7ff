import {reasonOf} from '../../../connections/reason.ts'
import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {readXml, textOf} from './xml.ts'

/** An answer that is no success. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Uint8Array
}

/** What a code of the service means, and what to do. */
const MEANINGS: Readonly<Record<string, readonly [string, string]>> = {
  InvalidAccessKeyId: ['it does not know this access key', 'Check accessKeyId, and that the key was not deleted.'],
  SignatureDoesNotMatch: ['the secret key is wrong', 'Check secretAccessKey; it belongs to this accessKeyId.'],
  InvalidToken: ['the session token is wrong', 'Temporary credentials come as three values; get all of them again.'],
  ExpiredToken: ['the session token has expired', 'Get temporary credentials again.'],
  AccessDenied: [
    'this key may not do that',
    'It needs to list the bucket, and to read, write and delete objects below the prefix.',
  ],
  NoSuchBucket: ['there is no such bucket', 'Check bucket and endpoint; the console makes none.'],
  QuotaExceeded: ['the quota of the bucket is used up', 'Raise it, or prune old backups.'],
  XMinioStorageFull: ['no space left there', 'Make room, or prune old backups.'],
  EntityTooLarge: ['the file is larger than it takes', 'See the limits of the service.'],
  SlowDown: ['it asks for fewer requests', 'Raise interval of the backup; other programs share its limit.'],
  ServiceUnavailable: ['it is not available now', 'Try again; see the status of the service.'],
  NoSuchUpload: ['the upload is gone', 'Somebody aborted it, or a rule of the bucket did. Take another backup.'],
}

export const codeOf = ({body}: Pick<Refusal, 'body'>): string =>
  textOf(readXml(Buffer.from(body).toString('utf8')), 'Code') ?? ''

/** Why the service refused, in plain words. `now` is this host's clock. */
export function refused(address: string, answer: Refusal, now: number): OpsError {
  const document = readXml(Buffer.from(answer.body).toString('utf8'))
  const code = textOf(document, 'Code') ?? ''
  const said = escapeLine(
    [code, textOf(document, 'Message')].filter(Boolean).join(': ') || `status ${answer.status}`,
    200,
  )
  if (code === 'RequestTimeTooSkewed') return storageFailure(address, skewWords(answer, now), SET_CLOCK)
  const region = String(answer.headers['x-amz-bucket-region'] ?? textOf(document, 'Region') ?? '')
  if (region !== '' && /Redirect|AuthorizationHeaderMalformed|IllegalLocation/.test(`${code} ${answer.status}`))
    return storageFailure(address, `the bucket is in another region, ${escapeLine(region, 60)}`, 'Correct region.')
  if (answer.status >= 300 && answer.status < 400)
    return storageFailure(address, `it sends us elsewhere (${said})`, 'Correct endpoint, region and addressing.')
  const [meaning, hint] = MEANINGS[code] ?? byStatus(answer.status)
  return storageFailure(address, `${meaning} (${said})`, hint)
}

const SET_CLOCK = 'Set the clock of this host; `timedatectl` shows whether it is synchronised.'

function skewWords({headers}: Refusal, now: number): string {
  const there = Date.parse(String(headers['date'] ?? ''))
  const minutes = Math.round(Math.abs(now - there) / 60_000)
  return Number.isFinite(minutes)
    ? `the clock of this host is ${minutes} min ${now < there ? 'behind' : 'ahead of'} that of the service`
    : 'the clocks of this host and of the service differ too much'
}

function byStatus(status: number): readonly [string, string] {
  if (status === 403 || status === 401) return ['it refused this key', 'Check the access key and what it may do.']
  if (status === 404) return ['it is not there', 'Check endpoint and bucket.']
  if (status === 507) return ['no space left there', 'Make room, or prune old backups.']
  return status >= 500
    ? ['the service failed', 'Try again; see the status of the service.']
    : ['it refused the request', 'Check that this endpoint speaks the S3 protocol.']
}

/** No answer at all, or half of one. */
export function unanswered(address: string, cause: unknown): OpsError {
  return storageFailure(
    address,
    reasonOf(cause),
    'No partial backup is listed as good. Check endpoint, ca and the network, then try again.',
    cause,
  )
}

export const storageFailure = (address: string, reason: string, hint?: string, cause?: unknown): OpsError =>
  new OpsError('backup/storage', `${address}: ${reason}`, {
    ...(cause === undefined ? {} : {cause}),
    ...(hint === undefined ? {} : {hint}),
  })
