import type {S3Client} from './client.ts'
import {md5} from './exchange.ts'
import {storageFailure} from './failure.ts'
import {type Part, plainTag} from './listing.ts'
import {escapeXml, readXml, textOf} from './xml.ts'

/** About half a minute of a service that restarts or a network that is away. */
export const PART_ATTEMPTS = 8
/** What an ETag is where the service keeps the MD5 of the bytes; where it encrypts with other keys it is not. */
export const MD5_TAG = /^[0-9a-f]{32}$/
const PARTS_TAG = /^[0-9a-f]{32}-\d+$/

export type DonePart = Pick<Part, 'number' | 'etag'> & {readonly md5: string}

/** Makes an object of its parts. Raises unless the service says that it has, with the checksum that they make. */
export async function completeUpload(upload: {
  readonly client: S3Client
  readonly key: string
  readonly uploadId: string
  readonly parts: readonly DonePart[]
  readonly signal: AbortSignal
}): Promise<void> {
  const {client, key, uploadId, parts, signal} = upload
  const listed = parts
    .map(({number, etag}) => `<Part><PartNumber>${number}</PartNumber><ETag>"${escapeXml(etag)}"</ETag></Part>`)
    .join('')
  const sums = Buffer.concat(parts.map(part => Buffer.from(part.md5, 'hex')))
  const expected = `${md5(sums, 'hex')}-${parts.length}`
  const answer = await client.call({
    method: 'POST',
    key,
    query: {uploadId},
    headers: {'content-type': 'application/xml'},
    body: Buffer.from(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed}</CompleteMultipartUpload>`,
    ),
    accept: [404],
    attempts: PART_ATTEMPTS,
    signal,
  })
  const said = readXml(answer.body.toString('utf8'))
  if (answer.status === 404) {
    // The answer to the first try may have been lost, after it was done.
    const there = await client.call({method: 'HEAD', key, accept: [404], signal})
    if (there.status === 200 && plainTag(there.headers.etag) === expected) return
    throw storageFailure(client.address, `the upload of ${key} is gone`, 'Take another backup.')
  }
  // A success by its status may still be an error by its text.
  if (said?.name !== 'CompleteMultipartUploadResult')
    throw storageFailure(client.address, `it did not complete ${key}: ${textOf(said, 'Code') ?? 'no answer'}`)
  const etag = plainTag(textOf(said, 'ETag'))
  compareTag(client, {what: key, form: PARTS_TAG, expected, etag}, answer.headers)
}

interface Sum {
  /** What it is, for people. */
  readonly what: string
  readonly form: RegExp
  readonly expected: string
  readonly etag: string
}

/** Raises when the service has stored other bytes, as far as its tag tells. */
export function compareTag(client: S3Client, sum: Sum, headers: Readonly<Record<string, unknown>>): void {
  // Encrypted with keys of a service or of ours, the tag is another checksum.
  const comparable = headers['x-amz-server-side-encryption'] !== 'aws:kms' && sum.form.test(sum.etag)
  if (comparable && sum.etag !== sum.expected)
    throw storageFailure(
      client.address,
      `${sum.what} was stored with other bytes than were sent`,
      'Take another backup.',
    )
}
