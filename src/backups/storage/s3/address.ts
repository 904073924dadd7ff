import {escapeLine} from '../../../text/escape.ts'
import type {S3StorageSpec} from './schema.ts'

type Place = Pick<S3StorageSpec, 'endpoint' | 'bucket' | 'prefix' | 'addressing'>

/** Where requests go: the server, and the path that stands before the name of an object. */
export function s3Place({endpoint, bucket, addressing}: Place): {readonly origin: URL; readonly base: string} {
  const origin = new URL(endpoint)
  const path = origin.pathname.replace(/\/+$/, '')
  if (addressing === 'path') return {origin, base: `${path}/${bucket}`}
  origin.hostname = `${bucket}.${origin.hostname}`
  return {origin, base: path}
}

/** The same for people, with the prefix; a user and password in the URL are not shown. */
export function s3Address(place: Place): string {
  const {origin, base} = s3Place(place)
  const prefix = place.prefix === undefined ? '' : `/${place.prefix}`
  return escapeLine(`${origin.protocol}//${origin.host}${base}${prefix}`, 200)
}
