import {OpsError} from '../../../errors.ts'
import {TEXT_LIMIT} from '../storage.ts'
import type {S3Client} from './client.ts'
import {type Listed, plainTag} from './listing.ts'

/** How many small objects are read at once. */
const AT_ONCE = 16

export interface Texts {
  /** What a list has just shown. */
  listed(objects: readonly Listed[]): void
  read(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string | Error>>
}

/**
 * A catalogue is looked at every few seconds, and each small object would be a request that is paid for. One that the
 * list just showed with the tag that it had is not read again; a list counts once, so that nothing old is told for new.
 */
export function openTexts(client: S3Client, keyOf: (name: string) => string): Texts {
  const kept = new Map<string, {readonly etag: string; readonly text: string}>()
  const fresh = new Map<string, string>()

  function known(name: string): string | undefined {
    const etag = fresh.get(name)
    fresh.delete(name)
    const found = kept.get(name)
    return etag !== undefined && found?.etag === etag ? found.text : undefined
  }

  async function readOne(name: string, signal?: AbortSignal): Promise<string | Error | undefined> {
    const before = known(name)
    if (before !== undefined) return before
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
      const etag = plainTag(message.headers.etag)
      if (etag !== '') kept.set(name, {etag, text})
      return text
    } catch (cause) {
      signal?.throwIfAborted()
      // One that cannot be read must not hide the others; a service that cannot be asked hides them all.
      if (cause instanceof OpsError) throw cause
      return cause as Error
    }
  }

  return {
    listed(objects) {
      fresh.clear()
      for (const {name, etag} of objects) if (etag !== undefined) fresh.set(name, etag)
      for (const name of kept.keys()) if (!fresh.has(name)) kept.delete(name)
    },
    async read(names, signal) {
      const found = new Map<string, string | Error>()
      for (let next = 0; next < names.length; next += AT_ONCE) {
        const some = names.slice(next, next + AT_ONCE)
        const read = await Promise.all(some.map(name => readOne(name, signal)))
        for (const [index, text] of read.entries()) if (text !== undefined) found.set(some[index] ?? '', text)
      }
      return found
    },
  }
}
