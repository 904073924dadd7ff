import {OpsError} from '../../errors.ts'
import {elementsAt, wordAt} from '../../platforms/json-path.ts'
import {escapeLine} from '../../text/escape.ts'
import type {PublishedSpec} from './schema.ts'

/** One version as the platform lists it. */
export interface PublishedVersion {
  readonly id: string
  readonly version: string
  readonly state: string
}

/** What `list` printed, the newest first. Raises `process/failed` for what is not exactly that. */
export function readVersions(
  text: string,
  {list, read}: Pick<PublishedSpec, 'list' | 'read'>,
): readonly PublishedVersion[] {
  const elements = elementsAt(parsed(text, list), read.versions)
  if (elements === undefined) throw unclear(list, `no list at ${read.versions || 'the top'}`, text)
  return elements.map(element => {
    const [id, state] = [wordAt(element, read.id), wordAt(element, read.state)]
    if (id === 'none' || state === 'none')
      throw unclear(list, `a version without ${id === 'none' ? read.id : read.state}`, text)
    return {
      id: escapeLine(id, 200),
      version: escapeLine(read.version === undefined ? id : wordAt(element, read.version), 200),
      state: escapeLine(state, 80),
    }
  })
}

/** The id at a path of what a program printed; raises likewise. */
export function readId(text: string, {program, at}: NonNullable<PublishedSpec['current']>): string | undefined {
  const id = wordAt(parsed(text, program), at)
  return id === 'none' ? undefined : escapeLine(id, 200)
}

function parsed(text: string, argv: readonly string[]): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unclear(argv, 'no JSON', text)
  }
}

const unclear = (argv: readonly string[], what: string, text: string): OpsError =>
  new OpsError(
    'process/failed',
    `${escapeLine(argv.join(' '), 200)} printed ${what}: ${escapeLine(text.trim(), 200) || 'nothing'}`,
    {hint: 'Correct `published` of the service: the platform may print another form than it did.'},
  )
