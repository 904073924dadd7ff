import {lstat, mkdir, open, realpath, rename, rm, stat, unlink, writeFile} from 'node:fs/promises'
import path from 'node:path'
import type {ResolveSecret} from '../../../config/fields.ts'
import {OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {once} from '../../../units/once.ts'
import {unfold} from '../../compression/unfold.ts'
import type {ResticManifest} from '../../manifest.ts'
import {makeScratchDirectory, planScratchDirectory} from '../../scratch-directory.ts'
import {DamageError} from '../../verification.ts'
import type {BackupMethod, CopyPlace} from '../method.ts'
import {checkRepository} from './check-repository.ts'
import {compareSnapshot} from './compare-snapshot.ts'
import {parseList} from './list-text.ts'
import {outsideOf} from './outside.ts'
import {directoryFault, fitDirectory, listBeside, openersBelow, partBeside} from './place.ts'
import {openRestic, type Restic, resticError} from './program.ts'
import {proveTree} from './prove.ts'
import {liesIn, repositoryPath} from './repository-path.ts'
import type {ResticSpec} from './schema.ts'
import {readSnapshots} from './snapshots.ts'
import {directorySwap} from './swap.ts'
import {takeDirectory} from './take.ts'
import type {TreeEntry} from './tree.ts'

/** One directory: its files in a repository of restic, and in our storage the list that proves them. */
export function openResticMethod(
  spec: ResticSpec,
  tools: {readonly exec: Exec; readonly secret: ResolveSecret},
): BackupMethod {
  const {directory} = spec
  const parent = path.dirname(directory)
  const restic = openRestic(spec, tools)
  const at = ({database, scratch}: CopyPlace): string =>
    path.join(scratch?.directory ?? parent, path.basename(database))
  const copyAt = (place: CopyPlace): string => {
    const copy = at(place)
    if (copy === directory)
      throw new OpsError('backup/restore', `${directory} is the live directory: nothing was done to it`)
    return copy
  }
  const checked = once(() => new Map<'repository', Promise<void>>())
  // Once for all backups of a run: it reads all of the repository.
  const check = async (signal: AbortSignal): Promise<void> => {
    const running = checked().get('repository') ?? checkRepository(restic, signal)
    checked().set('repository', running)
    return running
  }
  return {
    outside: outsideOf(restic),
    live: () => liveOf(directory),
    takeCommand: async () => `${restic.describe(['backup', directory])}; sha256sum (of its files) | zstd -3`,
    async take(into, takeTools) {
      const fault = await directoryFault(directory)
      if (fault !== undefined) throw new OpsError('database/unreachable', fault, {hint: 'Correct restic.directory.'})
      await requireOutside(spec)
      return takeDirectory({directory, restic}, into, takeTools)
    },
    fit: (of: ResticManifest, place) => fitDirectory(of, directory, place),
    async check(copy, of: ResticManifest, signal) {
      const entries = await parseList(unfold(copy, signal))
      await check(signal)
      await requireSnapshot(restic, of, entries, signal)
    },
    fillCommand: place =>
      `zstd -d > ${quotePosix(listBeside(at(place)))}; ${restic.describe(['restore', 'SNAPSHOT', '--target', partBeside(at(place))])}`,
    commands: place => {
      const copy = quotePosix(at(place))
      return {
        make: `mkdir -m 700 ${quotePosix(partBeside(at(place)))}`,
        drop: `rm -rf ${copy} ${quotePosix(listBeside(at(place)))} ${quotePosix(partBeside(at(place)))}`,
        write: `a file in ${copy}, read and removed`,
      }
    },
    swap: directorySwap(parent),
    scratch: {plan: async () => planScratchDirectory(), start: makeScratchDirectory},
    async prepare(_of: ResticManifest, place) {
      const copy = copyAt(place)
      if (await isThere(copy)) throw new OpsError('backup/restore', `${copy} exists: nothing was written to it`)
      await mkdir(partBeside(copy), {mode: 0o700})
    },
    fill: (copy, of: ResticManifest, place, {signal}) => fillDirectory({restic, copy, of}, copyAt(place), signal),
    prove: (of: ResticManifest, place, options) =>
      proveTree(of, {root: at(place), list: listBeside(at(place))}, options),
    analyze: async () => undefined,
    writeOnce: place => writeOnce(at(place)),
    async drop(place) {
      const copy = copyAt(place)
      for (const name of [copy, listBeside(copy), partBeside(copy)]) await rm(name, {recursive: true, force: true})
    },
  }
}

/** By links as well; by their names the configuration refuses it. */
async function requireOutside({repository, directory}: ResticSpec): Promise<void> {
  const own = repositoryPath(repository)
  const real = own === undefined ? undefined : await realpath(own).catch(() => undefined)
  if (real !== undefined && liesIn(real, await realpath(directory)))
    throw new OpsError('backup/failed', `the repository of restic lies in ${directory}, which it would copy`, {
      hint: 'Move the repository, and correct restic.repository.',
    })
}

async function liveOf(directory: string): ReturnType<BackupMethod['live']> {
  const found = await stat(directory).catch(() => undefined)
  const exists = found?.isDirectory() === true
  return {
    noun: 'directory',
    name: path.basename(directory),
    server: path.dirname(directory),
    exists,
    bytes: 0,
    sessions: exists ? (await openersBelow(directory)).names.length : 0,
    serverVersion: 'restic',
    major: 0,
  }
}

/** The snapshot that the manifest names is there, and has what the list has. */
async function requireSnapshot(
  restic: Restic,
  of: ResticManifest,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<void> {
  if (!(await readSnapshots(restic, signal)).some(({id}) => id === of.snapshot))
    throw new DamageError('missing', `the repository of restic has no snapshot ${of.snapshot.slice(0, 8)}`)
  const lines = restic.lines(['ls', '--json', '--no-lock', of.snapshot], signal)
  const {faults} = await compareSnapshot(entries, of.directory, lines)
  if (faults.length > 0) throw new DamageError('altered', faults.slice(0, 5).join(', '))
}

/** restic writes beside the place that is filled; only what it has finished gets the name. */
async function fillDirectory(
  {restic, copy, of}: {readonly restic: Restic; readonly copy: AsyncIterable<Uint8Array>; readonly of: ResticManifest},
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const list = await open(listBeside(target), 'wx', 0o600)
  try {
    for await (const piece of unfold(copy, signal)) await list.writeFile(piece)
  } finally {
    await list.close()
  }
  const part = partBeside(target)
  const result = await restic.run(['restore', of.snapshot, '--target', part], signal)
  if (result.exitCode !== 0) throw resticError(result, 'restore')
  await rename(path.join(part, of.directory), target)
  await rm(part, {recursive: true})
}

async function writeOnce(directory: string): Promise<void> {
  const own = path.join(directory, `.opsconsole-write-${process.pid}`)
  await writeFile(own, '1', {flag: 'wx'})
  try {
    if ((await stat(own)).size !== 1) throw new Error(`what was written to ${directory} could not be read back`)
  } finally {
    await unlink(own)
  }
}

const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  )
