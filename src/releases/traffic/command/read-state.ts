import {elementsAt, valueAt, wordAt} from '../../../platforms/json-path.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {ReadSpec} from './read-schema.ts'

/** What of the document of a platform cannot be told, in words; the document in our own form otherwise. */
export type ReadState = {readonly wrong: string} | {readonly servers: readonly Readonly<Record<string, unknown>>[]}

type Ids = Readonly<Record<string, string>>

/** Reads the servers out of what a platform printed. Those that `ids` does not name are none of this release. */
export function readState(document: unknown, read: ReadSpec, ids: Ids): ReadState {
  const elements = elementsAt(document, read.servers)
  if (elements === undefined) return {wrong: `no list of servers at ${placeOf(read.servers)}`}
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]))
  const servers: Readonly<Record<string, unknown>>[] = []
  for (const element of elements) {
    const id = valueAt(element, read.name)
    if (typeof id !== 'string' && typeof id !== 'number') return {wrong: `a server without ${placeOf(read.name)}`}
    const name = names.size === 0 ? String(id) : names.get(String(id))
    if (name === undefined) continue
    const placement = placementOf(element, read)
    if (placement === undefined)
      return {
        wrong: `${escapeLine(wordAt(element, read.placement.at), 80)} at ${placeOf(read.placement.at)} of ${name}, which traffic.read.placement does not know`,
      }
    servers.push({name, placement, ...detailsOf(element, read)})
  }
  const listed = new Set(servers.map(({name}) => name))
  const unlisted = Object.keys(ids).filter(name => !listed.has(name))
  return {
    servers: [
      ...servers,
      ...(read.unlisted === 'off' ? unlisted.map(name => ({name, placement: 'off', detail: 'not listed'})) : []),
    ],
  }
}

const placeOf = (path: string): string => path || 'the top'

function placementOf(element: unknown, {placement: {at, serving, draining, off}}: ReadSpec): string | undefined {
  const word = wordAt(element, at)
  const isIn = (words: readonly string[]): boolean =>
    words.includes(word) || (words.includes('>0') && word !== '' && Number(word) > 0)
  if (isIn(serving)) return 'serving'
  if (isIn(draining)) return 'draining'
  return isIn(off) ? 'off' : undefined
}

/** Numbers are passed on as they are: what is none is refused by whoever knows what they mean. */
function detailsOf(element: unknown, read: ReadSpec): Readonly<Record<string, unknown>> {
  const counted = (['weight', 'sessions', 'responses', 'errors', 'refused'] as const).flatMap(key => {
    const path = read[key]
    return path === undefined ? [] : [[key, valueAt(element, path) ?? null] as const]
  })
  return {
    ...Object.fromEntries(counted),
    ...(read.healthy === undefined ? {} : {healthy: read.healthy.yes.includes(wordAt(element, read.healthy.at))}),
    ...(read.detail === undefined ? {} : {detail: wordAt(element, read.detail)}),
  }
}
