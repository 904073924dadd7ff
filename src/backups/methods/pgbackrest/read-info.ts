import {createHash} from 'node:crypto'
import {z} from 'zod'
import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quietly} from '../../../units/quietly.ts'
import {parseSegment, segmentBytesOf} from '../../wal/segment.ts'
import type {ReadableRepository, RepositoryBackup} from '../repository.ts'

/**
 * What is read of `info --output=json`. 2.45 and 2.59 differ: newer ones leave out `repository.size` where blocks are
 * shared, give progress beside the lock, and tell the lock for each repository. All of it is optional here.
 */
const backupSchema = z.object({
  label: z.string().regex(/^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?$/),
  type: z.enum(['full', 'diff', 'incr']),
  prior: z.string().nullish(),
  reference: z.array(z.string()).nullish(),
  timestamp: z.object({start: z.number(), stop: z.number()}),
  lsn: z.object({start: z.string(), stop: z.string()}).nullish(),
  archive: z.object({start: z.string().nullable(), stop: z.string().nullable()}),
  info: z.object({
    size: z.number(),
    repository: z.object({size: z.number().nullish(), delta: z.number().nullish()}).nullish(),
  }),
  database: z.object({id: z.number(), 'repo-key': z.number().nullish()}).nullish(),
  error: z.boolean().nullish(),
  annotation: z.record(z.string(), z.string()).nullish(),
})

const statusSchema = z.object({code: z.number(), message: z.string()})
const lockSchema = z.object({backup: z.object({held: z.boolean()}).nullish()}).nullish()

const stanzaSchema = z.object({
  name: z.string(),
  cipher: z.string().nullish(),
  status: statusSchema.extend({lock: lockSchema}),
  repo: z
    .array(z.object({key: z.number(), cipher: z.string().nullish(), status: statusSchema.extend({lock: lockSchema})}))
    .nullish(),
  db: z.array(
    z.object({
      id: z.number(),
      'repo-key': z.number().nullish(),
      'system-id': z.union([z.number(), z.bigint(), z.string()]),
      version: z.string(),
    }),
  ),
  archive: z.array(
    z.object({id: z.string(), database: z.object({id: z.number(), 'repo-key': z.number().nullish()}).nullish()}),
  ),
  backup: z.array(backupSchema),
})

/** The catalogue of one stanza, without any judgement. */
export interface RepositoryInfo {
  readonly serverVersion: string
  readonly systemIdentifier: string
  readonly cipher: string
  readonly repositories: number
  readonly readable: readonly ReadableRepository[]
  readonly repositoryFaults: readonly string[]
  readonly busy: boolean
  readonly segmentBytes: number
  readonly backups: readonly RepositoryBackup[]
}

/** Status of a stanza that is whole but holds no backup yet. */
const NO_BACKUP = 2

/** Raises `backup/storage`: pgBackRest says what is wrong with its repository in a text, and exits with 0. */
export function parseInfo(text: string, stanza: string): RepositoryInfo {
  // Identifiers of systems have 19 digits, of which a number of JavaScript keeps 16.
  const parsed = z.array(stanzaSchema).safeParse(readJson(text.replace(/("system-id"\s*:\s*)(\d+)/g, '$1"$2"')))
  if (!parsed.success) throw fault(`the answer of pgbackrest info is not understood: ${z.prettifyError(parsed.error)}`)
  const found = parsed.data.find(({name}) => name === stanza)
  if (found === undefined) throw fault(`pgBackRest knows no stanza ${stanza}`, 'Make it: pgbackrest stanza-create.')
  const all = repositoriesOf(found)
  const whole = all.filter(({status}) => status.code === 0 || status.code === NO_BACKUP)
  const [bad] = all.filter(each => !whole.includes(each))
  if (whole.length === 0 && bad !== undefined) throw unreadable(bad.status, bad.cipher)
  const known = whole.flatMap(each => clusterIn(found, each))
  const [first] = known
  if (first === undefined) throw fault(`stanza ${stanza} has no cluster`, 'Make it: pgbackrest stanza-create.')
  // Another cluster's backups in one of them are not this one's.
  const own = known.filter(({system}) => system === first.system)
  const listed = found.backup.flatMap(each => {
    const place = own.find(({number}) => number === (each.database?.['repo-key'] ?? number))
    return place === undefined || (each.database?.id ?? place.id) !== place.id ? [] : [{each, repository: place.number}]
  })
  const segmentBytes = segmentBytesOf(
    listed.flatMap(({each: {lsn, archive}}) =>
      lsn && archive.start ? [{lsn: lsn.start, segment: archive.start}] : [],
    ),
  )
  return {
    serverVersion: first.version,
    systemIdentifier: first.system,
    cipher: cipherWords(all),
    repositories: all.length,
    readable: own.map(({number, cipher, archiveId}) => ({number, cipher, archiveId})),
    repositoryFaults: [
      ...all.flatMap(each => (whole.includes(each) ? [] : [`repository ${each.number}: ${badWords(each)}`])),
      ...known.flatMap(({number, system}) =>
        system === first.system ? [] : [`repository ${number} belongs to another cluster`],
      ),
      ...(all.length === 1 || listed.length === 0
        ? []
        : own.flatMap(({number}) =>
            listed.some(({repository}) => repository === number) ? [] : [`repository ${number} holds no backup`],
          )),
    ],
    busy: [found.status, ...(found.repo ?? []).map(({status}) => status)].some(({lock}) => lock?.backup?.held === true),
    segmentBytes,
    backups: listed
      .flatMap(({each, repository}) => backupOf(each, repository, segmentBytes))
      .toSorted((left, right) => right.stoppedAt - left.stoppedAt),
  }
}

type Stanza = z.output<typeof stanzaSchema>
interface KnownRepository {
  readonly number: number
  readonly cipher: string
  readonly status: z.output<typeof statusSchema>
}

/** The status of the stanza is only a summary of theirs: "different across repos" is said of an empty second one as well. */
function repositoriesOf({repo, cipher, status}: Stanza): readonly KnownRepository[] {
  if (repo === null || repo === undefined || repo.length === 0) return [{number: 1, cipher: cipher ?? 'none', status}]
  return repo.map(each => ({number: each.key, cipher: each.cipher ?? cipher ?? 'none', status: each.status}))
}

/** The newest cluster of that name in one of them. */
function clusterIn({db, archive}: Stanza, {number, cipher}: KnownRepository) {
  const isHere = (key: number | null | undefined): boolean => (key ?? number) === number
  const [newest] = db.filter(each => isHere(each['repo-key'])).toSorted((left, right) => right.id - left.id)
  if (newest === undefined) return []
  const named = archive.find(({database}) => database?.id === newest.id && isHere(database['repo-key']))
  return [
    {
      number,
      cipher,
      id: newest.id,
      version: newest.version,
      system: String(newest['system-id']),
      archiveId: named?.id ?? `${newest.version}-${newest.id}`,
    },
  ]
}

/** `aes-256-cbc`; `aes-256-cbc, none in repository 2`. */
function cipherWords(all: readonly KnownRepository[]): string {
  const [first] = all
  if (first === undefined || all.every(({cipher}) => cipher === first.cipher)) return first?.cipher ?? 'none'
  const others = all.slice(1).filter(({cipher}) => cipher !== first.cipher)
  return [first.cipher, ...others.map(({number, cipher}) => `${cipher} in repository ${number}`)].join(', ')
}

function backupOf(
  each: z.output<typeof backupSchema>,
  repository: number,
  segmentBytes: number,
): readonly RepositoryBackup[] {
  const first = parseSegment(each.archive.start ?? '', segmentBytes)
  const last = parseSegment(each.archive.stop ?? '', segmentBytes)
  if (first === undefined || last === undefined) return []
  return [
    {
      label: each.label,
      repository,
      kind: each.type,
      needs: [...new Set([...(each.reference ?? []), ...(each.prior ? [each.prior] : [])])],
      startedAt: each.timestamp.start * 1000,
      stoppedAt: each.timestamp.stop * 1000,
      timeline: last.timeline,
      firstSegment: first.number,
      lastSegment: last.number,
      wal: {from: each.archive.start ?? '', to: each.archive.stop ?? ''},
      stopLsn: each.lsn?.stop ?? '',
      databaseBytes: each.info.size,
      storedBytes: each.info.repository?.delta ?? each.info.repository?.size ?? 0,
      pageErrors: each.error === true,
      annotations: each.annotation ?? {},
      digest: createHash('sha256')
        .update(JSON.stringify([each.label, each.timestamp, each.lsn, each.archive, each.info.size]))
        .digest('hex'),
    },
  ]
}

function readJson(text: string): unknown {
  // What a wrong passphrase made of a catalogue is in there, and not every byte of it is text.
  const parsed =
    quietly(() => JSON.parse(text) as unknown) ?? quietly(() => JSON.parse(withoutControls(text)) as unknown)
  if (parsed === undefined) {
    const status = /"status":\{"code":(\d+),"message":"([^"]*)/.exec(text)
    if (status !== null && status[1] !== '0')
      throw unreadable(
        {code: Number(status[1]), message: status[2] ?? ''},
        /"cipher":"([^"]*)/.exec(text)?.[1] ?? 'none',
      )
    throw fault(`pgbackrest info gave no JSON: ${escapeLine(text, 200)}`)
  }
  return parsed
}

const withoutControls = (text: string): string => text.replace(/\p{Cc}/gu, ' ')

/** A wrong passphrase makes rubbish of what is read; its bytes are in the message. */
function unreadable(status: {readonly code: number; readonly message: string}, cipher: string): OpsError {
  const {code, message} = status
  if (isWrongKey(status, cipher))
    return fault(
      `wrong key: the passphrase of pgBackRest's configuration does not open the repository, or both copies of its catalogue are damaged (status ${code})`,
      'Set repo1-cipher-pass to the passphrase that it was made with; nothing was changed.',
    )
  return fault(`pgBackRest cannot use its repository (status ${code}): ${escapeLine(message, 300)}`)
}

const isWrongKey = ({message}: {readonly message: string}, cipher: string): boolean =>
  cipher !== 'none' && /CryptoError|FormatError/.test(message)

/** The same of one among several. */
const badWords = ({status, cipher}: KnownRepository): string =>
  isWrongKey(status, cipher)
    ? `wrong key, or both copies of its catalogue are damaged (status ${status.code})`
    : `it cannot be used (status ${status.code}): ${escapeLine(status.message, 200)}`

const fault = (what: string, hint = 'Look at it with: pgbackrest info.'): OpsError =>
  new OpsError('backup/storage', what, {hint})
