import {realpath} from 'node:fs/promises'
import {messageOf, OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {formatBytes} from '../../../units/bytes.ts'
import {sealStream} from '../../compression/seal-stream.ts'
import type {BackupMethod, Taken, TakeTools} from '../method.ts'
import {compareSnapshot} from './compare-snapshot.ts'
import {listText} from './list-text.ts'
import {measureTree, treeWords, unprovedOf} from './measurements.ts'
import {lastWords, type Restic, resticError} from './program.ts'
import {addedBytes, repositoryBytes} from './sizes.ts'
import {readSnapshots, type Snapshot, tagOf} from './snapshots.ts'
import type {TreeEntry} from './tree.ts'
import {walkTree} from './walk.ts'

type Into = Parameters<BackupMethod['take']>[0]

/**
 * A snapshot by restic, and our own list of what was there, with sums: what was as before when restic had read it is what
 * it has read. What changed meanwhile is named. The list is compared with the snapshot before it is kept.
 */
export async function takeDirectory(
  {directory, restic}: {readonly directory: string; readonly restic: Restic},
  into: Into,
  tools: TakeTools,
): Promise<Taken> {
  const {signal} = tools
  const root = await realpath(directory)
  const takenAt = tools.clock.now()
  const before = await readTree(root, tools)
  const {snapshot, added} = await takeSnapshot(restic, root, {tag: tagOf(into.id), signal})
  const after = await compared(before, root, signal)
  const {faults, extra} = await compareSnapshot(
    after,
    root,
    restic.lines(['ls', '--json', '--no-lock', snapshot.id], signal),
  )
  if (faults.length > 0) throw new OpsError('backup/failed', `restic has not copied what is there: ${named(faults)}`)
  const entries = [
    ...after,
    ...extra.map(path => ({...NOTHING, path, unproved: 'appeared and vanished while it was copied'})),
  ]
  const stored = await sealStream(piecesOf(entries), into, {signal, progress: () => undefined})
  const all = await repositoryBytes(restic, signal)
  const tables = [...measureTree(entries)]
  const unproved = unprovedOf(entries)
  tools.log(`snapshot ${snapshot.id.slice(0, 8)}: ${treeWords(tables)}`)
  if (added !== null)
    tools.log(`${formatBytes(added)} are new${all === null ? '' : `; the repository has ${formatBytes(all)}`}`)
  for (const {name, reason} of unproved) tools.log(`not proved: ${name} ${reason}`)
  return {
    method: 'restic',
    database: directory,
    takenAt,
    serverTime: new Date(takenAt).toISOString(),
    serverVersion: await versionOf(restic, signal),
    databaseBytes: entries.reduce((sum, {bytes}) => sum + bytes, 0),
    snapshot: snapshot.id,
    directory: root,
    addedBytes: added,
    repositoryBytes: all,
    ...stored,
    tables,
    unproved,
  }
}

const NOTHING = {type: 'file', mode: 0, owner: '', bytes: 0, modifiedMs: 0, sha256: ''} as const

async function* piecesOf(entries: readonly TreeEntry[]): AsyncGenerator<Buffer> {
  yield* listText(entries)
}

interface Before {
  readonly entry: TreeEntry
  readonly stamp: string
}

async function readTree(root: string, {signal, progress}: TakeTools): Promise<readonly Before[]> {
  let done = 0
  const count = (bytes: number): void => {
    done += bytes
    progress(done, done, 'bytes')
  }
  const found: Before[] = []
  try {
    for await (const one of walkTree(root, {signal, read: true, progress: count})) found.push(one)
  } catch (cause) {
    signal.throwIfAborted()
    throw new OpsError('backup/failed', `not all of ${root} can be read: ${escapeLine(messageOf(cause), 200)}`, {
      cause,
      hint: 'Run it as a user who may read everything there, or move it elsewhere.',
    })
  }
  return found
}

/** Which of them are still what they were, now that they were copied. */
async function compared(before: readonly Before[], root: string, signal: AbortSignal): Promise<readonly TreeEntry[]> {
  const now = new Map<string, Before>()
  for await (const one of walkTree(root, {signal, read: false})) now.set(one.entry.path, one)
  const entries = before.map(({entry, stamp}) => {
    const later = now.get(entry.path)
    now.delete(entry.path)
    if (later?.stamp === stamp) return entry
    return {...entry, unproved: later === undefined ? 'vanished while it was copied' : 'changed while it was copied'}
  })
  return [...entries, ...[...now.values()].map(({entry}) => ({...entry, unproved: 'appeared while it was copied'}))]
}

/** Only some files could not be read; the snapshot is there without them. */
const INCOMPLETE = 3

async function takeSnapshot(
  restic: Restic,
  root: string,
  {tag, signal}: {readonly tag: string; readonly signal: AbortSignal},
): Promise<{readonly snapshot: Snapshot; readonly added: number | null}> {
  const result = await restic.run(['backup', '--json', '--tag', tag, '--', root], signal)
  if (result.exitCode !== 0 && result.exitCode !== INCOMPLETE) throw resticError(result, 'backup')
  const unread = unreadItems(result.stderr)
  if (unread.length > 0 || (result.exitCode === INCOMPLETE && !/no such file or directory/.test(result.stderr)))
    throw new OpsError(
      'backup/failed',
      `restic could not read everything (exit code ${result.exitCode}): ${unread.length > 0 ? named(unread) : lastWords(result.stderr)}`,
    )
  const [snapshot, ...others] = await readSnapshots(restic, signal, tag)
  if (snapshot === undefined)
    throw new OpsError('backup/failed', 'restic said that all was well, and there is no snapshot')
  if (others.length > 0) throw new OpsError('backup/failed', `restic made ${others.length + 1} snapshots of one backup`)
  return {snapshot, added: addedBytes(result.stdout)}
}

/** What restic could not read though it is there; what is gone was gone in time, and is seen by our own second look. */
function unreadItems(stderr: string): readonly string[] {
  return stderr.split('\n').flatMap(line => {
    const error = parseLine(line)
    if (error?.message_type !== 'error' || error.error?.Err === ENOENT) return []
    return [escapeLine(typeof error.item === 'string' ? error.item : line, 120)]
  })
}
const ENOENT = 2

interface ErrorLine {
  readonly message_type?: unknown
  readonly item?: unknown
  readonly error?: {readonly Err?: unknown}
}
function parseLine(line: string): ErrorLine | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

const named = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`

async function versionOf(restic: Restic, signal: AbortSignal): Promise<string> {
  const {stdout} = await restic.run(['version'], signal)
  return /restic \d[\w.-]*/.exec(stdout)?.[0] ?? 'restic'
}
