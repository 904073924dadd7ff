import type {IncomingMessage} from 'node:http'
import {OpsError} from '../../../errors.ts'
import type {S3Client} from './client.ts'
import {storageFailure, unanswered} from './failure.ts'

/** Cuts in a row, without a byte between them, until it is given up. */
const CUTS = 4

/** The bytes of an object. A connection that is cut is made again where it was, of the same version of the object. */
export async function* readObject(
  client: S3Client,
  key: string,
  offset: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let at = offset
  let etag: string | undefined
  let cuts = 0
  for (;;) {
    const message = await client.stream({
      method: 'GET',
      key,
      headers: {
        ...(at === 0 ? {} : {range: `bytes=${at}-`}),
        ...(etag === undefined ? {} : {'if-match': etag}),
      },
      accept: [404, 412, 416],
      signal,
    })
    const end = endOf(client, key, message, at)
    if (end === undefined) return
    etag ??= message.headers.etag
    try {
      for await (const piece of message as AsyncIterable<Buffer>) {
        at += piece.length
        cuts = 0
        yield piece
      }
      if (at === end) return
      if (at > end) throw storageFailure(client.address, `it sent more of ${key} than there is`)
    } catch (cause) {
      signal?.throwIfAborted()
      if (cause instanceof OpsError) throw cause
      if (cuts >= CUTS) throw unanswered(client.address, cause)
    }
    cuts += 1
    if (cuts > CUTS) throw storageFailure(client.address, `the connection was cut while ${key} was read`)
  }
}

/** Where the object ends; undefined: nothing is left of it from there. */
function endOf(client: S3Client, key: string, message: IncomingMessage, at: number): number | undefined {
  const {statusCode: status, headers} = message
  if (status === 200 || status === 206) {
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? []
    if (status === 206 && Number(from) === at) return Number(total)
    const length = Number(headers['content-length'] ?? Number.NaN)
    if (status === 200 && at === 0 && Number.isFinite(length)) return length
    message.destroy()
    throw storageFailure(client.address, `it does not say how much of ${key} it sends`)
  }
  message.resume()
  if (status === 416) return undefined
  throw status === 404
    ? storageFailure(client.address, `there is no ${key}`)
    : storageFailure(client.address, `${key} was replaced while it was read`)
}
