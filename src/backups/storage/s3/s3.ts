import path from 'node:path'
import {OpsError} from '../../../errors.ts'
import {type BackupStorage, type StorageTools, TEXT_LIMIT} from '../storage.ts'
import {s3Address} from './address.ts'
import {s3Client} from './client.ts'
import {type Listed, listObjects, listUploads, plainTag} from './listing.ts'
import {readObject} from './read.ts'
import type {S3StorageSpec} from './schema.ts'
import {abortUpload, beginUpload} from './upload.ts'

/** How many small objects are read at once. */
const AT_ONCE = 16

/** A bucket of an object store that speaks the S3 protocol. */
export function s3Storage(
  spec: S3StorageSpec,
  {folder, secret}: StorageTools,
  options: {readonly idleMs?: number} = {},
): BackupStorage {
  const address = `${s3Address(spec)}/${folder}`
  const client = s3Client(spec, {secret}, address, options)
  const prefix = `${spec.prefix === undefined ? '' : `${spec.prefix}/`}${folder}/`
  const keyOf = (name: string): string => prefix + path.posix.basename(name)
  const texts = textCache()

  async function readText(name: string, signal?: AbortSignal): Promise<string | Error | undefined> {
    const known = texts.known(name)
    if (known !== undefined) return known
    try {
      const message = await client.stream({method: 'GET', key: keyOf(name), accept: [404], signal})
      if (message.statusCode === 404) {
        message.resume()
        return undefined
      }
      if (Number(message.headers['content-length']) > TEXT_LIMIT) {
        message.destroy()
        return new Error(`${name} is too large to be a manifest`)
      }
      const text = Buffer.concat(await message.toArray()).toString('utf8')
      texts.keep(name, plainTag(message.headers.etag), text)
      return text
    } catch (cause) {
      signal?.throwIfAborted()
      // One that cannot be read must not hide the others; a service that cannot be asked hides them all.
      if (cause instanceof OpsError) throw cause
      return cause as Error
    }
  }

  return {
    address,
    durability: 'as durable as the service makes it when it is whole: it answered with the checksum of what was sent',
    async list(signal) {
      const [objects, uploads] = await Promise.all([
        listObjects(client, prefix, signal),
        listUploads(client, prefix, signal),
      ])
      texts.listed(objects)
      return [...objects, ...uploads].map(({name, bytes, modifiedMs, whole}) => ({name, bytes, modifiedMs, whole}))
    },
    async stat(name, signal) {
      const {status, headers} = await client.call({method: 'HEAD', key: keyOf(name), accept: [404], signal})
      if (status === 404) return undefined
      return {
        name: path.posix.basename(name),
        bytes: Number(headers['content-length']),
        modifiedMs: Date.parse(headers['last-modified'] ?? ''),
        whole: true,
      }
    },
    async readTexts(names, signal) {
      const found = new Map<string, string | Error>()
      for (let next = 0; next < names.length; next += AT_ONCE) {
        const some = names.slice(next, next + AT_ONCE)
        const read = await Promise.all(some.map(name => readText(name, signal)))
        for (const [index, text] of read.entries()) if (text !== undefined) found.set(some[index] ?? '', text)
      }
      return found
    },
    read: (name, {offset = 0, signal} = {}) => readObject(client, keyOf(name), offset, signal),
    begin: (name, signal) => Promise.resolve(beginUpload({client, key: keyOf(name), partSize: spec.partSize, signal})),
    async remove(names, signal) {
      for (const name of names) {
        await client.call({method: 'DELETE', key: keyOf(name), accept: [404], signal})
        for (const {key, uploadId} of await listUploads(client, keyOf(name), signal))
          if (key === keyOf(name) && uploadId !== undefined) await abortUpload(client, {key, uploadId}, signal)
      }
    },
    async freeBytes(signal) {
      // Ceph tells the quota of a bucket; the protocol itself has no word for it.
      const {headers} = await client.call({method: 'HEAD', signal})
      const [quota, used] = [headers['x-rgw-quota-bucket-size'], headers['x-rgw-bytes-used']].map(Number)
      return quota !== undefined && quota > 0 && used !== undefined && used >= 0 ? Math.max(0, quota - used) : undefined
    },
  }
}

/**
 * A catalogue is looked at every few seconds, and each small object would be a request that is paid for. One that the
 * list just showed with the tag that it had is not read again; a list counts once, so that nothing old is told for new.
 */
function textCache() {
  const kept = new Map<string, {readonly etag: string; readonly text: string}>()
  const fresh = new Map<string, string>()
  return {
    listed(objects: readonly Listed[]): void {
      fresh.clear()
      for (const {name, etag} of objects) if (etag !== undefined) fresh.set(name, etag)
      for (const name of kept.keys()) if (!fresh.has(name)) kept.delete(name)
    },
    known(name: string): string | undefined {
      const etag = fresh.get(name)
      fresh.delete(name)
      const found = kept.get(name)
      return etag !== undefined && found?.etag === etag ? found.text : undefined
    },
    keep(name: string, etag: string, text: string): void {
      if (etag !== '') kept.set(name, {etag, text})
    },
  }
}
