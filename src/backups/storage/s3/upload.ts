import type {UnfinishedFile} from '../storage.ts'
import type {S3Client} from './client.ts'
import {md5} from './exchange.ts'
import {storageFailure} from './failure.ts'
import {type Part, plainTag} from './listing.ts'
import {escapeXml, readXml, textOf} from './xml.ts'

/** Two on their way while the next one fills. */
const IN_FLIGHT = 2
const MOST_PARTS = 10_000
/** About half a minute of a service that restarts or a network that is away. */
const PART_ATTEMPTS = 8
const CLEAN_UP_MS = 30_000
/** What an ETag is where the service keeps the MD5 of the bytes; where it encrypts with other keys it is not. */
const MD5_TAG = /^[0-9a-f]{32}$/
const PARTS_TAG = /^[0-9a-f]{32}-\d+$/

type DonePart = Pick<Part, 'number' | 'etag'> & {readonly md5: string}

export interface Upload {
  readonly client: S3Client
  readonly key: string
  readonly partSize: number
  readonly signal?: AbortSignal | undefined
  /** One that was begun before, and the parts that it has. */
  readonly begun?: {readonly uploadId: string; readonly parts: readonly DonePart[]}
}

/**
 * An object that appears when it is whole: in one request when it is smaller than a part, else in parts, each of which
 * is tried again on its own. Checksums go with every request, and those that come back are compared.
 */
export function beginUpload({client, key, partSize, signal: given, begun}: Upload): UnfinishedFile {
  const own = new AbortController()
  const signal = given === undefined ? own.signal : AbortSignal.any([given, own.signal])
  let held: Uint8Array[] = []
  let bytes = 0
  let uploadId: string | undefined = begun?.uploadId
  const done: DonePart[] = [...(begun?.parts ?? [])]
  let next = done.length + 1
  const inFlight = new Set<Promise<void>>()
  let failure: unknown

  async function start(): Promise<string> {
    const {body} = await client.call({method: 'POST', key, query: {uploads: ''}, signal})
    const id = textOf(readXml(body.toString('utf8')), 'UploadId')
    if (id === undefined) throw storageFailure(client.address, 'it began no upload')
    return id
  }

  async function put(number: number, part: Uint8Array, id: string): Promise<void> {
    const sum = md5(part, 'hex')
    const {headers} = await client.call({
      method: 'PUT',
      key,
      query: {partNumber: String(number), uploadId: id},
      body: part,
      attempts: PART_ATTEMPTS,
      signal,
    })
    const etag = plainTag(headers.etag)
    if (etag === '') throw storageFailure(client.address, `it did not confirm part ${number} of ${key}`)
    compare(client, {what: `part ${number} of ${key}`, form: MD5_TAG, expected: sum, etag}, headers)
    done.push({number, etag, md5: sum})
  }

  async function send(part: Uint8Array): Promise<void> {
    if (next > MOST_PARTS)
      throw storageFailure(client.address, `${key} has more than ${MOST_PARTS} parts`, 'Raise partSize of the storage.')
    uploadId ??= await start()
    while (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight)
    if (failure !== undefined) throw failure
    const sending: Promise<void> = put(next++, part, uploadId)
      .catch((cause: unknown) => void (failure ??= cause))
      .finally(() => inFlight.delete(sending))
    inFlight.add(sending)
  }

  async function take(size: number): Promise<Uint8Array> {
    const all = Buffer.concat(held)
    held = all.length > size ? [all.subarray(size)] : []
    bytes = Math.max(0, all.length - size)
    return Promise.resolve(all.subarray(0, size))
  }

  return {
    async write(piece) {
      if (failure !== undefined) throw failure
      held.push(Uint8Array.from(piece))
      bytes += piece.length
      while (bytes >= partSize) await send(await take(partSize))
    },
    async commit() {
      const last = await take(bytes)
      if (uploadId === undefined) {
        const {headers} = await client.call({method: 'PUT', key, body: last, attempts: PART_ATTEMPTS, signal})
        const etag = plainTag(headers.etag)
        compare(client, {what: key, form: MD5_TAG, expected: md5(last, 'hex'), etag}, headers)
        return
      }
      if (last.length > 0) await send(last)
      await Promise.all(inFlight)
      if (failure !== undefined) throw failure
      await complete({client, key, uploadId, parts: done.sort((one, two) => one.number - two.number), signal})
      uploadId = undefined
    },
    async abort() {
      own.abort()
      // A part that is on its way would be stored after the upload was aborted, and be paid for.
      await Promise.all(inFlight)
      if (uploadId !== undefined) await abortUpload(client, {key, uploadId}).catch(() => undefined)
    },
  }
}

export async function abortUpload(
  client: S3Client,
  {key, uploadId}: {readonly key: string; readonly uploadId: string},
  signal: AbortSignal = AbortSignal.timeout(CLEAN_UP_MS),
): Promise<void> {
  await client.call({method: 'DELETE', key, query: {uploadId}, accept: [404], signal})
}

async function complete(upload: {
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
  compare(client, {what: key, form: PARTS_TAG, expected, etag}, answer.headers)
}

interface Sum {
  /** What it is, for people. */
  readonly what: string
  readonly form: RegExp
  readonly expected: string
  readonly etag: string
}

function compare(client: S3Client, sum: Sum, headers: Readonly<Record<string, unknown>>): void {
  // Encrypted with keys of a service or of ours, the tag is another checksum.
  const comparable = headers['x-amz-server-side-encryption'] !== 'aws:kms' && sum.form.test(sum.etag)
  if (comparable && sum.etag !== sum.expected)
    throw storageFailure(
      client.address,
      `${sum.what} was stored with other bytes than were sent`,
      'Take another backup.',
    )
}
