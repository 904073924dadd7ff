import type {TheirAlert, TheirMatcher, TheirSilence} from './reading.ts'

/** Kept of one Alertmanager. More on one screen is no help, and what is kept is read at every frame. */
export const MOST_ALERTS = 2_000
const MOST_SILENCES = 1_000
const MOST_LABELS = 40
const LONGEST_TEXT = 500

type Clean = (text: string) => string

export interface Parsed<Item> {
  readonly items: readonly Item[]
  /** Entries that are no alert and no silence. */
  readonly unreadable: number
  readonly more: number
}

/** `GET /api/v2/alerts`. Raises when it is no list; an entry that makes no sense is counted, and the others stay. */
export const parseAlerts = (json: unknown, clean: Clean): Parsed<TheirAlert> =>
  parseList(json, entry => alertOf(entry, clean), MOST_ALERTS)

/** `GET /api/v2/silences`. */
export const parseSilences = (json: unknown, clean: Clean): Parsed<TheirSilence> =>
  parseList(json, entry => silenceOf(entry, clean), MOST_SILENCES)

function parseList<Item>(json: unknown, parse: (entry: Entry) => Item | undefined, most: number): Parsed<Item> {
  if (!Array.isArray(json)) throw new Error('it answered with something that is not a list')
  const items: Item[] = []
  let unreadable = 0
  let more = 0
  for (const entry of json as readonly unknown[]) {
    const item = isEntry(entry) ? parse(entry) : undefined
    if (item === undefined) unreadable += 1
    else if (items.length < most) items.push(item)
    else more += 1
  }
  return {items, unreadable, more}
}

type Entry = Readonly<Record<string, unknown>>

const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !Array.isArray(value)

function alertOf(entry: Entry, clean: Clean): TheirAlert | undefined {
  const {fingerprint, status} = entry
  const labels = texts(entry['labels'], clean)
  const startsAt = momentOf(entry['startsAt'])
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{1,64}$/i.test(fingerprint)) return undefined
  if (labels === undefined || startsAt === undefined || !isEntry(status)) return undefined
  const state = ['active', 'suppressed', 'unprocessed'].find(each => each === status['state'])
  if (state === undefined) return undefined
  const receivers = Array.isArray(entry['receivers']) ? entry['receivers'] : []
  return {
    fingerprint,
    labels,
    annotations: texts(entry['annotations'], clean) ?? {},
    startsAt,
    state: state as TheirAlert['state'],
    silencedBy: names(status['silencedBy'], clean),
    inhibitedBy: names(status['inhibitedBy'], clean),
    receivers: names(
      receivers.map(each => (isEntry(each) ? each['name'] : undefined)),
      clean,
    ),
  }
}

function silenceOf(entry: Entry, clean: Clean): TheirSilence | undefined {
  const {id, matchers, status, createdBy, comment} = entry
  const startsAt = momentOf(entry['startsAt'])
  const endsAt = momentOf(entry['endsAt'])
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || startsAt === undefined || endsAt === undefined)
    return undefined
  if (!Array.isArray(matchers) || !isEntry(status)) return undefined
  const state = ['active', 'pending', 'expired'].find(each => each === status['state'])
  const read = matchers.slice(0, MOST_LABELS).map(each => (isEntry(each) ? matcherOf(each, clean) : undefined))
  if (state === undefined || read.includes(undefined)) return undefined
  return {
    id,
    matchers: read.filter(each => each !== undefined),
    startsAt,
    endsAt,
    createdBy: textOf(createdBy, clean) ?? '',
    comment: textOf(comment, clean) ?? '',
    state: state as TheirSilence['state'],
  }
}

/** `isEqual` came with 0.22: what lacks it is equal. */
function matcherOf({name, value, isRegex, isEqual}: Entry, clean: Clean): TheirMatcher | undefined {
  const [named, valued] = [textOf(name, clean), textOf(value, clean)]
  if (named === undefined || valued === undefined) return undefined
  return {name: named, value: valued, isRegex: isRegex === true, isEqual: isEqual !== false}
}

const textOf = (value: unknown, clean: Clean): string | undefined =>
  typeof value === 'string' ? clean(value.slice(0, LONGEST_TEXT * 4)).slice(0, LONGEST_TEXT) : undefined

const names = (list: unknown, clean: Clean): readonly string[] =>
  Array.isArray(list) ? list.slice(0, MOST_LABELS).flatMap(each => textOf(each, clean) ?? []) : []

function texts(value: unknown, clean: Clean): Readonly<Record<string, string>> | undefined {
  if (!isEntry(value)) return undefined
  const pairs = Object.entries(value).slice(0, MOST_LABELS)
  return Object.fromEntries(
    pairs.flatMap(([key, text]) => {
      const [name, words] = [textOf(key, clean), textOf(text, clean)]
      return name === undefined || words === undefined || name === '__proto__' ? [] : [[name, words]]
    }),
  )
}

function momentOf(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(at) ? at : undefined
}
