import {type ArchivedSegment, parseHistory, type TimelineSwitch} from '../../wal/continuity.ts'
import type {ReadableRepository, RepositoryView} from '../repository.ts'
import {judgeRepository} from './judge-repository.ts'
import type {Pgbackrest} from './program.ts'
import {parseArchive, parseDirectories} from './read-archive.ts'
import {parseInfo, type RepositoryInfo} from './read-info.ts'
import {said} from './said.ts'
import type {PgbackrestSpec} from './schema.ts'
import {readStored} from './segment-bytes.ts'

/** Each of them costs a program; a cluster that was promoted more often than this is followed from the newest. */
const MAX_TIMELINES = 8

export const archiveOf = ({stanza}: PgbackrestSpec, {archiveId}: ReadableRepository): string =>
  `archive/${stanza}/${archiveId}`

/** Of several repositories the one that is meant has to be named: what is not named is the first. */
export const only = ({repositories}: Pick<RepositoryInfo, 'repositories'>, number: number): readonly string[] =>
  repositories === 1 ? [] : [`--repo=${number}`]

/** The catalogue and the archive of a stanza, judged. Raises `backup/storage`. */
export async function readRepository(
  {spec, program}: {readonly spec: PgbackrestSpec; readonly program: Pgbackrest},
  signal: AbortSignal,
): Promise<RepositoryView> {
  const info = parseInfo(said(await program.run(['info', '--output=json'], {signal}), 'info'), spec.stanza)
  const ask = async (repository: ReadableRepository, path: string, ...options: readonly string[]) =>
    said(
      await program.run(['repo-ls', ...only(info, repository.number), path, ...options, '--output=json'], {signal}),
      'repo-ls',
    )
  const segments: ArchivedSegment[] = []
  const histories = new Map<number, ReadableRepository>()
  const directories = new Map<number, ReadonlySet<string>>()
  for (const repository of info.readable) {
    const listing = parseArchive(await ask(repository, archiveOf(spec, repository), '--recurse'), info.segmentBytes)
    segments.push(...listing.segments.map(each => ({...each, repository: repository.number})))
    for (const timeline of listing.histories) if (!histories.has(timeline)) histories.set(timeline, repository)
    directories.set(repository.number, parseDirectories(await ask(repository, `backup/${spec.stanza}`)))
  }
  const switches: TimelineSwitch[] = []
  const newestFirst = [...histories].sort(([left], [right]) => right - left)
  for (const [timeline, repository] of newestFirst.slice(0, MAX_TIMELINES)) {
    const name = `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`
    const words = ['repo-get', ...only(info, repository.number), `${archiveOf(spec, repository)}/${name}`]
    const text = await readStored(await program.command(words), signal)
    const found = parseHistory(timeline, text.toString('latin1'), info.segmentBytes)
    if (found !== undefined) switches.push(found)
  }
  return judgeRepository(spec.stanza, info, {segments, directories}, switches)
}
