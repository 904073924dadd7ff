import type {UnfinishedFile} from '../storage.ts'
import type {S3Client} from './client.ts'
import {compareTag, completeUpload, type DonePart, MD5_TAG, PART_ATTEMPTS} from './complete.ts'
import {md5} from './exchange.ts'
import {storageFailure} from './failure.ts'
import {listParts, listUploads, type Part, plainTag} from './listing.ts'
import {readXml, textOf} from './xml.ts'

/** Two on their way while the next one fills. */
const IN_FLIGHT = 2
const MOST_PARTS = 10_000
const CLEAN_UP_MS = 30_000

export interface Upload {
  readonly client: S3Client
  readonly key: string
  readonly partSize: number
  readonly signal?: AbortSignal | undefined
  /** One that was begun before, and the parts that it has. */
  readonly begun?: {readonly uploadId: string; readonly parts: readonly Part[]} | undefined
}

/**
 * An object that appears when it is whole: in one request when it is smaller than a part, else in parts, each of which
 * is tried again on its own. Checksums go with every request, and those that come back are compared.
 */
export function beginUpload({client, key, partSize, signal: given, begun}: Upload): UnfinishedFile {
  const own = new AbortController()
  const signal = given === undefined ? own.signal : AbortSignal.any([given, own.signal])
  const pieces = partBuffer()
  let uploadId: string | undefined = begun?.uploadId
  const there = new Map(begun?.parts.map(part => [part.number, part]))
  const done: DonePart[] = []
  let next = 1
  let sent = 0
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
    const stored = there.get(number)
    if (stored?.etag === sum && stored.bytes === part.length) return void done.push({number, etag: sum, md5: sum})
    sent += part.length
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
    compareTag(client, {what: `part ${number} of ${key}`, form: MD5_TAG, expected: sum, etag}, headers)
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

  return {
    async write(piece) {
      if (failure !== undefined) throw failure
      pieces.add(piece)
      while (pieces.bytes() >= partSize) await send(pieces.take(partSize))
    },
    async commit() {
      const last = pieces.take(pieces.bytes())
      if (uploadId === undefined) {
        const {headers} = await client.call({method: 'PUT', key, body: last, attempts: PART_ATTEMPTS, signal})
        sent += last.length
        const etag = plainTag(headers.etag)
        compareTag(client, {what: key, form: MD5_TAG, expected: md5(last, 'hex'), etag}, headers)
        return
      }
      if (last.length > 0) await send(last)
      await Promise.all(inFlight)
      if (failure !== undefined) throw failure
      await completeUpload({client, key, uploadId, parts: done.sort((one, two) => one.number - two.number), signal})
      uploadId = undefined
    },
    sent: () => sent,
    async leave() {
      own.abort()
      await Promise.all(inFlight)
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

/** The same bytes again, from the first on: parts that the newest begun upload of this name already has are not sent. */
export async function resumeUpload(upload: Omit<Upload, 'begun'>): Promise<UnfinishedFile> {
  const {client, key, signal} = upload
  const uploads = await listUploads(client, key, signal)
  const [newest] = uploads.filter(one => one.key === key).toSorted((one, two) => two.modifiedMs - one.modifiedMs)
  const uploadId = newest?.uploadId
  if (uploadId === undefined) return beginUpload(upload)
  return beginUpload({...upload, begun: {uploadId, parts: await listParts(client, {key, uploadId}, signal)}})
}

/** Bytes as they come, taken as parts of one size. */
function partBuffer() {
  let held: Uint8Array[] = []
  let bytes = 0
  return {
    bytes: () => bytes,
    add(piece: Uint8Array): void {
      held.push(Uint8Array.from(piece))
      bytes += piece.length
    },
    take(size: number): Uint8Array {
      const all = Buffer.concat(held)
      held = all.length > size ? [all.subarray(size)] : []
      bytes = Math.max(0, all.length - size)
      return all.subarray(0, size)
    },
  }
}
