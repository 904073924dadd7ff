import path from 'node:path'
import type {BackupStorage, StorageTools} from '../storage.ts'
import {s3Address} from './address.ts'
import {type Patience, s3Client} from './client.ts'
import {listObjects, listUploads, wholeSeconds} from './listing.ts'
import {readObject} from './read.ts'
import type {S3StorageSpec} from './schema.ts'
import {openTexts} from './texts.ts'
import {abortUpload, beginUpload, resumeUpload} from './upload.ts'

/** A bucket of an object store that speaks the S3 protocol. */
export function s3Storage(spec: S3StorageSpec, {folder, secret}: StorageTools, patience: Patience = {}): BackupStorage {
  const address = `${s3Address(spec)}/${folder}`
  const client = s3Client(spec, {secret}, address, patience)
  const prefix = `${spec.prefix === undefined ? '' : `${spec.prefix}/`}${folder}/`
  const keyOf = (name: string): string => prefix + path.posix.basename(name)
  const texts = openTexts(client, keyOf)

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
        modifiedMs: wholeSeconds(headers['last-modified']),
        whole: true,
      }
    },
    readTexts: (names, signal) => texts.read(names, signal),
    read: (name, {offset = 0, signal} = {}) => readObject(client, keyOf(name), offset, signal),
    begin: (name, signal) => Promise.resolve(beginUpload({client, key: keyOf(name), partSize: spec.partSize, signal})),
    resume: (name, signal) => resumeUpload({client, key: keyOf(name), partSize: spec.partSize, signal}),
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
