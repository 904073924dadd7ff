import {createHash} from 'node:crypto'
import {constants} from 'node:fs'
import {open, rm, stat} from 'node:fs/promises'
import path from 'node:path'
import {OpsError} from '../../../errors.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {sealStream} from '../../compression/seal-stream.ts'
import {unfold} from '../../compression/unfold.ts'
import type {Fit} from '../../fit.ts'
import type {SqliteManifest} from '../../manifest.ts'
import {makeScratchDirectory, planScratchDirectory} from '../../scratch-directory.ts'
import type {BackupMethod, CopyPlace, Taken, TakeTools} from '../method.ts'
import {misfit, roomForCopy} from '../room-for-copy.ts'
import {userName} from '../user-name.ts'
import {quoted, SIDE_FILES} from './file.ts'
import {countOrphans, integrityFaults, readMeasurements} from './measurements.ts'
import {openersOf} from './openers.ts'
import {proveFile} from './prove.ts'
import type {SqliteSpec} from './schema.ts'
import {openSnapshot} from './snapshot.ts'
import {fileSwap} from './swap.ts'

const VERSION = `SQLite ${process.versions['sqlite']}`
const MAJOR = 3

/** One SQLite file: its pages as they are at one moment, and back as a file beside the live one. */
export function openSqliteMethod({file, wait}: SqliteSpec): BackupMethod {
  const directory = path.dirname(file)
  const at = ({database, scratch}: CopyPlace): string =>
    path.join(scratch?.directory ?? directory, path.basename(database))
  /** Never the live one: its side files would be of another. */
  const copyAt = (place: CopyPlace): string => {
    const copy = at(place)
    if (copy === file) throw new OpsError('backup/restore', `${file} is the live file: nothing was done to it`)
    return copy
  }
  return {
    async live() {
      const found = await stat(file).catch(() => undefined)
      const openers = found === undefined ? undefined : await openersOf(file)
      return {
        noun: 'file',
        name: path.basename(file),
        server: directory,
        exists: found?.isFile() === true,
        bytes: found?.size ?? 0,
        sessions: openers?.names.length ?? 0,
        serverVersion: VERSION,
        major: MAJOR,
      }
    },
    takeCommand: async () => `cat ${quotePosix(file)} (its pages, and those in its log, at one moment) | zstd -3`,
    take: (into, tools) => takeFile({file, waitMs: wait}, into, tools),
    fit: (of: SqliteManifest, place) => fitOf(of, file, place),
    async check(copy, of: SqliteManifest, signal) {
      requireSame(await digest(unfold(copy, signal)), of)
    },
    fillCommand: place => `zstd -d > ${quotePosix(at(place))}`,
    commands: place => {
      const copy = quotePosix(at(place))
      return {
        make: `install -m 600 /dev/null ${copy}`,
        drop: `rm -f ${copy} ${SIDE_FILES.map(ending => `${copy}${ending}`).join(' ')}`,
        write: `CREATE TABLE, INSERT, SELECT, DROP TABLE (${copy})`,
      }
    },
    swap: fileSwap(directory),
    scratch: {plan: async () => planScratchDirectory(), start: makeScratchDirectory},
    async prepare(_of: SqliteManifest, place) {
      const copy = await open(copyAt(place), 'wx', 0o600)
      try {
        const live = place.scratch === undefined ? await stat(file).catch(() => undefined) : undefined
        if (live === undefined) return
        if (process.getuid?.() === 0) await copy.chown(live.uid, live.gid)
        await copy.chmod(live.mode & 0o777)
      } finally {
        await copy.close()
      }
    },
    async fill(copy, of: SqliteManifest, place, {signal}) {
      const into = await open(copyAt(place), constants.O_WRONLY | constants.O_NOFOLLOW)
      try {
        requireSame(
          await digest(unfold(copy, signal), async piece => {
            await into.writeFile(piece)
          }),
          of,
        )
        await into.sync()
      } finally {
        await into.close()
      }
    },
    prove: (of: SqliteManifest, place, options) => proveFile(of, at(place), options),
    analyze: async () => undefined,
    writeOnce: place => writeOnce(at(place)),
    async drop(place) {
      const copy = copyAt(place)
      for (const name of [copy, ...SIDE_FILES.map(ending => `${copy}${ending}`)]) await rm(name, {force: true})
    },
  }
}

async function takeFile(
  {file, waitMs}: {readonly file: string; readonly waitMs: number},
  into: Parameters<BackupMethod['take']>[0],
  tools: TakeTools,
): Promise<Taken> {
  const snapshot = await openSnapshot(file, {waitMs, signal: tools.signal})
  try {
    const takenAt = tools.clock.now()
    const total = snapshot.pages * snapshot.pageSize
    tools.log(`${snapshot.pages} pages of ${snapshot.pageSize} bytes, journal mode ${snapshot.journal}`)
    const stored = await sealStream(snapshot.read(), into, {
      signal: tools.signal,
      progress: done => tools.progress(done, total, 'bytes'),
    })
    const faults = integrityFaults(snapshot.database)
    if (faults.length > 0)
      throw new OpsError('backup/failed', `${file} is damaged: ${faults.slice(0, 3).join('; ')}`, {
        hint: 'A copy of it would be as damaged. Keep the file, and see earlier backups: `opsconsole backup list`.',
      })
    const measured = await readMeasurements(snapshot.database, {signal: tools.signal})
    return {
      method: 'sqlite',
      database: path.basename(file),
      takenAt,
      serverTime: new Date(takenAt).toISOString(),
      serverVersion: VERSION,
      databaseBytes: total,
      journal: snapshot.journal,
      pageSize: snapshot.pageSize,
      orphans: countOrphans(snapshot.database),
      ...stored,
      tables: [...measured.tables],
      unproved: [...measured.unproved],
    }
  } finally {
    await snapshot.close()
  }
}

async function digest(
  pieces: AsyncIterable<Buffer>,
  write: (piece: Buffer) => Promise<void> = async () => undefined,
): Promise<{readonly bytes: number; readonly sha256: string}> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of pieces) {
    hash.update(piece)
    bytes += piece.length
    await write(piece)
  }
  return {bytes, sha256: hash.digest('hex')}
}

function requireSame({bytes, sha256}: {readonly bytes: number; readonly sha256: string}, of: SqliteManifest): void {
  if (bytes !== of.plainBytes) throw new Error(`it has ${bytes} bytes instead of ${of.plainBytes}`)
  if (sha256 !== of.plainSha256) throw new Error('its pages are not those that were copied')
}

async function fitOf(of: SqliteManifest, file: string, {scratch}: Pick<CopyPlace, 'scratch'>): Promise<Fit> {
  const directory = scratch?.directory ?? path.dirname(file)
  const openers = scratch === undefined ? await openersOf(file) : {names: [], unseen: false}
  const misfits = [...(await roomForCopy(directory, {kind: 'file', bytes: of.databaseBytes}))]
  if (openers.names.length > 0)
    misfits.push(misfit(`${path.basename(file)} is open in ${openers.names.join(', ')}: stop its service first`))
  return {
    as: `user ${userName()}`,
    where: `directory ${directory}`,
    misfits,
    notes: openers.unseen
      ? ['whether processes of other users have the file open cannot be seen by this user: its service must be stopped']
      : [],
  }
}

async function writeOnce(file: string): Promise<void> {
  const {DatabaseSync: Database} = await import('node:sqlite')
  const database = new Database(file, {timeout: 5000})
  const table = quoted(`opsconsole_write_${process.pid}`)
  try {
    database.exec(`CREATE TABLE ${table} (v); INSERT INTO ${table} VALUES (1)`)
    const read = database.prepare(`SELECT v FROM ${table}`).get()
    database.exec(`DROP TABLE ${table}`)
    if (read?.['v'] !== 1) throw new Error(`what was written to ${file} could not be read back`)
  } finally {
    database.close()
  }
}
