import {createHash} from 'node:crypto'
import {z} from 'zod'
import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {parseSegment, segmentBytesOf} from '../../wal/segment.ts'
import type {RepositoryBackup} from '../repository.ts'

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
  database: z.object({id: z.number()}).nullish(),
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
    z.object({id: z.number(), 'system-id': z.union([z.number(), z.bigint(), z.string()]), version: z.string()}),
  ),
  archive: z.array(z.object({id: z.string(), database: z.object({id: z.number()}).nullish()})),
  backup: z.array(backupSchema),
})

/** The catalogue of one stanza, without any judgement. */
export interface RepositoryInfo {
  readonly serverVersion: string
  readonly systemIdentifier: string
  readonly cipher: string
  readonly repositories: number
  readonly busy: boolean
  /** Of the newest cluster of that name: `15-1`. */
  readonly archiveId: string
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
  const bad = [...(found.repo ?? []).map(({status}) => status), found.status].find(
    ({code}) => code !== 0 && code !== NO_BACKUP,
  )
  if (bad !== undefined) throw unreadable(bad, found.cipher ?? 'none')
  const newest = found.db.toSorted((left, right) => right.id - left.id)[0]
  if (newest === undefined) throw fault(`stanza ${stanza} has no cluster`, 'Make it: pgbackrest stanza-create.')
  const backups = found.backup.filter(({database}) => database?.id === undefined || database.id === newest.id)
  const segmentBytes = segmentBytesOf(
    backups.flatMap(({lsn, archive}) => (lsn && archive.start ? [{lsn: lsn.start, segment: archive.start}] : [])),
  )
  return {
    serverVersion: newest.version,
    systemIdentifier: String(newest['system-id']),
    cipher: found.cipher ?? 'none',
    repositories: found.repo?.length ?? 1,
    busy: [found.status, ...(found.repo ?? []).map(({status}) => status)].some(({lock}) => lock?.backup?.held === true),
    archiveId: found.archive.find(({database}) => database?.id === newest.id)?.id ?? `${newest.version}-${newest.id}`,
    segmentBytes,
    backups: backups
      .flatMap(each => backupOf(each, segmentBytes))
      .toSorted((left, right) => right.stoppedAt - left.stoppedAt),
  }
}

/** One that is in several repositories is listed once for each: the first counts. */
function backupOf(each: z.output<typeof backupSchema>, segmentBytes: number): readonly RepositoryBackup[] {
  const first = parseSegment(each.archive.start ?? '', segmentBytes)
  const last = parseSegment(each.archive.stop ?? '', segmentBytes)
  if (first === undefined || last === undefined) return []
  return [
    {
      label: each.label,
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
  try {
    return JSON.parse(text)
  } catch {
    // What a wrong passphrase made of the catalogue is in there, and not every byte of it is text.
    const status = /"status":\{"code":(\d+),"message":"([^"]*)/.exec(text)
    if (status !== null && status[1] !== '0')
      throw unreadable(
        {code: Number(status[1]), message: status[2] ?? ''},
        /"cipher":"([^"]*)/.exec(text)?.[1] ?? 'none',
      )
    throw fault(`pgbackrest info gave no JSON: ${escapeLine(text, 200)}`)
  }
}

/** A wrong passphrase makes rubbish of what is read; its bytes are in the message. */
function unreadable({code, message}: {readonly code: number; readonly message: string}, cipher: string): OpsError {
  if (cipher !== 'none' && /CryptoError|FormatError/.test(message))
    return fault(
      `wrong key: the passphrase of pgBackRest's configuration does not open the repository, or both copies of its catalogue are damaged (status ${code})`,
      'Set repo1-cipher-pass to the passphrase that it was made with; nothing was changed.',
    )
  return fault(`pgBackRest cannot use its repository (status ${code}): ${escapeLine(message, 300)}`)
}

const fault = (what: string, hint = 'Look at it with: pgbackrest info.'): OpsError =>
  new OpsError('backup/storage', what, {hint})
