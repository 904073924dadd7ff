import type {StoredFile} from '../storage.ts'
import {type S3Client} from './client.ts'
import {codeOf, storageFailure} from './failure.ts'
import {childrenOf, type Element, readXml, textOf} from './xml.ts'

/** An object, or an upload in parts that was not completed. */
export interface Listed extends StoredFile {
  readonly key: string
  readonly etag?: string
  readonly uploadId?: string
}

export interface Part {
  readonly number: number
  readonly bytes: number
  readonly etag: string
  readonly modifiedMs: number
}

/** An answer of a list that goes on for longer than this is not one. */
const PAGES = 10_000

/** Objects right below a prefix that ends in `/`; those deeper are another folder's. */
export async function listObjects(client: S3Client, prefix: string, signal?: AbortSignal): Promise<readonly Listed[]> {
  const found: Listed[] = []
  let token: string | undefined
  for (let page = 0; page < PAGES; page += 1) {
    const {body} = await client.call({
      method: 'GET',
      query: {
        'list-type': '2',
        prefix,
        delimiter: '/',
        'encoding-type': 'url',
        ...(token === undefined ? {} : {'continuation-token': token}),
      },
      signal,
    })
    const list = whole(client, body, 'ListBucketResult')
    const name = decoder(list)
    for (const one of childrenOf(list, 'Contents')) {
      const key = name(textOf(one, 'Key'))
      const bytes = Number(textOf(one, 'Size'))
      const modifiedMs = wholeSeconds(textOf(one, 'LastModified'))
      if (!key.startsWith(prefix) || !Number.isFinite(bytes) || !Number.isFinite(modifiedMs))
        throw storageFailure(client.address, 'its list of objects is not as the protocol says')
      if (key === prefix || key.slice(prefix.length).includes('/')) continue
      const etag = plainTag(textOf(one, 'ETag'))
      found.push({key, name: key.slice(prefix.length), bytes, modifiedMs, whole: true, ...(etag === '' ? {} : {etag})})
    }
    if (textOf(list, 'IsTruncated') !== 'true') return found
    const next = textOf(list, 'NextContinuationToken')
    if (next === undefined || next === token) break
    token = next
  }
  throw storageFailure(client.address, 'its list of objects does not end')
}

/** Uploads that were begun and neither completed nor aborted; none where the service does not tell. */
export async function listUploads(client: S3Client, prefix: string, signal?: AbortSignal): Promise<readonly Listed[]> {
  const found: Listed[] = []
  let marker: Record<string, string> = {}
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await client.call({
      method: 'GET',
      query: {uploads: '', prefix, 'encoding-type': 'url', ...marker},
      accept: [400, 403, 404, 405, 501],
      signal,
    })
    if (answer.status !== 200) return foundNone(client, answer)
    const list = readXml(answer.body.toString('utf8'))
    // A service that does not know the question answers with the objects instead.
    if (list?.name !== 'ListMultipartUploadsResult') return found
    const name = decoder(list)
    for (const one of childrenOf(list, 'Upload')) {
      const [key, uploadId] = [name(textOf(one, 'Key')), textOf(one, 'UploadId')]
      if (uploadId === undefined || !key.startsWith(prefix) || key.slice(prefix.length).includes('/')) continue
      const begun = Date.parse(textOf(one, 'Initiated') ?? '')
      const parts = await listParts(client, {key, uploadId}, signal)
      found.push({
        key,
        uploadId,
        name: key.slice(prefix.length),
        bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
        modifiedMs: Math.max(Number.isFinite(begun) ? begun : 0, ...parts.map(part => part.modifiedMs)),
        whole: false,
      })
    }
    if (textOf(list, 'IsTruncated') !== 'true') return found
    marker = {
      'key-marker': name(textOf(list, 'NextKeyMarker')),
      'upload-id-marker': textOf(list, 'NextUploadIdMarker') ?? '',
    }
  }
  throw storageFailure(client.address, 'its list of uploads does not end')
}

/** Told apart from a key that may not: what is half is hidden then, and that only. */
function foundNone(client: S3Client, answer: {status: number; body: Buffer}): readonly Listed[] {
  if (codeOf(answer) === 'NoSuchBucket') throw storageFailure(client.address, 'there is no such bucket')
  return []
}

/** Parts of an upload, by number; none where the service does not tell. */
export async function listParts(
  client: S3Client,
  upload: {readonly key: string; readonly uploadId: string},
  signal?: AbortSignal,
): Promise<readonly Part[]> {
  const parts: Part[] = []
  let marker: string | undefined
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await client.call({
      method: 'GET',
      key: upload.key,
      query: {uploadId: upload.uploadId, ...(marker === undefined ? {} : {'part-number-marker': marker})},
      accept: [400, 403, 404, 405, 501],
      signal,
    })
    const list = answer.status === 200 ? readXml(answer.body.toString('utf8')) : undefined
    if (list?.name !== 'ListPartsResult') return parts
    for (const one of childrenOf(list, 'Part'))
      parts.push({
        number: Number(textOf(one, 'PartNumber')),
        bytes: Number(textOf(one, 'Size')),
        etag: plainTag(textOf(one, 'ETag')),
        modifiedMs: Date.parse(textOf(one, 'LastModified') ?? '') || 0,
      })
    marker = textOf(list, 'NextPartNumberMarker')
    if (textOf(list, 'IsTruncated') !== 'true' || marker === undefined) break
  }
  return parts.sort((left, right) => left.number - right.number)
}

/** A list may have milliseconds where the head of an object has none: one time for both. */
export const wholeSeconds = (text: string | undefined): number => Math.floor(Date.parse(text ?? '') / 1000) * 1000

export const plainTag = (tag: string | undefined): string => (tag ?? '').replace(/^W\//, '').replaceAll('"', '')

/** Names are encoded so that any character can stand in an answer; not every service does. */
function decoder(list: Element): (name: string | undefined) => string {
  const encoded = textOf(list, 'EncodingType') === 'url'
  return (name = '') => {
    try {
      return encoded ? decodeURIComponent(name.replaceAll('+', ' ')) : name
    } catch {
      return name
    }
  }
}

function whole(client: S3Client, body: Buffer, name: string): Element {
  const list = readXml(body.toString('utf8'))
  // An empty list from what is none would be the worst: no backup, no alarm about the storage.
  if (list?.name !== name)
    throw storageFailure(
      client.address,
      'what answers there is not an object store, or its answer was cut',
      'Check endpoint; a proxy or a login page may stand before it.',
    )
  return list
}
