import {messageOf, OpsError} from '../../../errors.ts'
import type {Exec, ExecResult} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {BackupRepository, RepositoryView} from '../repository.ts'
import {parseHistory, segmentAt, type TimelineSwitch} from '../../wal/continuity.ts'
import {openProgram, type Pgbackrest} from './program.ts'
import {judgeRepository} from './judge-repository.ts'
import {parseArchive, parseDirectories} from './read-archive.ts'
import {parseInfo, type RepositoryInfo} from './read-info.ts'
import {parseContents} from './read-contents.ts'
import {parseVerify, verdictOf} from './parse-verify.ts'
import type {PgbackrestSpec} from './schema.ts'
import {openSegment, readStored} from './segment-bytes.ts'

const LONG_MS = 24 * 3_600_000

/** The repository of one stanza. Three programs for a look at it, and one for each change of timeline, however many segments there are. */
export function openPgbackrest(spec: PgbackrestSpec, {exec}: {readonly exec: Exec}): BackupRepository {
  const program = openProgram(spec, exec)
  const archive = (info: Pick<RepositoryInfo, 'archiveId'>): string => `archive/${spec.stanza}/${info.archiveId}`

  async function read(signal: AbortSignal): Promise<RepositoryView> {
    const info = parseInfo(said(await program.run(['info', '--output=json'], {signal}), 'info'), spec.stanza)
    const listing = parseArchive(
      said(await program.run(['repo-ls', archive(info), '--recurse', '--output=json'], {signal}), 'repo-ls'),
      info.segmentBytes,
    )
    const directories = parseDirectories(
      said(await program.run(['repo-ls', `backup/${spec.stanza}`, '--output=json'], {signal}), 'repo-ls'),
    )
    const switches: TimelineSwitch[] = []
    for (const timeline of listing.histories.toSorted((left, right) => right - left).slice(0, MAX_TIMELINES)) {
      const name = `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`
      const text = await readStored(await program.command(['repo-get', `${archive(info)}/${name}`]), signal)
      const found = parseHistory(timeline, text.toString('latin1'), info.segmentBytes)
      if (found !== undefined) switches.push(found)
    }
    return judgeRepository(spec.stanza, info, {...listing, directories}, switches)
  }

  const segment: BackupRepository['segment'] = async (view, {file}, signal) => {
    const argv = await program.command(['repo-get', `${archive(view)}/${file}`])
    return openSegment(file, await readStored(argv, signal))
  }

  return {
    address: `pgbackrest:${spec.stanza}`,
    read,
    segment,
    takeCommand: kind => program.describe(takeWords(kind, {})),
    take: (kind, annotations, signal) => take({program, read}, takeWords(kind, annotations), signal),
    async verify(label, signal) {
      const view = await read(signal)
      const backup = view.backups.find(each => each.label === label)
      if (backup === undefined) return {ok: false, fault: 'missing', reason: `${label} is not in the repository`}
      if (backup.fault !== undefined) return faultWords(backup.fault)
      for (let number = backup.firstSegment; number <= backup.lastSegment; number += 1) {
        const found = segmentAt(view.wal, backup.timeline, number)
        if (found === undefined) continue
        const bad = await segment(view, found, signal).then(() => undefined, messageOf)
        if (bad !== undefined) return {ok: false, fault: 'altered', reason: bad}
      }
      const result = await program.run(['verify', '--output=text', '--verbose'], {signal, timeoutMs: LONG_MS})
      const text = parseVerify(said(result, 'verify'))
      const verdict = verdictOf(text, label, backup.needs)
      return verdict.ok && text.wal.length > 0
        ? {
            ...verdict,
            reason: `${verdict.reason}; but the archive holds bad segments (${text.wal.join(', ')}): later moments may be lost`,
          }
        : verdict
    },
    contents: async (label, signal) =>
      parseContents(said(await program.run(['info', `--set=${label}`, '--output=json'], {signal}), 'info')),
    removeCommand: label => program.describe(['expire', `--set=${label}`]),
    async remove(label, signal) {
      const result = await program.run(['expire', `--set=${label}`], {signal, timeoutMs: LONG_MS})
      const left = (await read(signal)).backups.some(backup => backup.label === label)
      if (left) throw new OpsError('backup/storage', `pgbackrest expire left ${label} where it was${lastLine(result)}`)
    },
    restoreArguments: ({label, data, tablespaces, recovery}) => [
      spec.program,
      `--config=${spec.config}`,
      `--stanza=${spec.stanza}`,
      `--pg1-path=${data}`,
      `--set=${label}`,
      `--tablespace-map-all=${tablespaces}`,
      '--archive-mode=off',
      ...recovery,
      'restore',
    ],
  }
}

/** Each of them costs a program; a cluster that was promoted more often than this is followed from the newest. */
const MAX_TIMELINES = 8

/** Nothing expires by itself: a backup counts for retention only once it was seen to be sound. */
const takeWords = (kind: string, annotations: Readonly<Record<string, string>>): readonly string[] => [
  `--type=${kind}`,
  '--no-expire-auto',
  ...Object.entries(annotations).map(([name, value]) => `--annotation=${name}=${value}`),
  'backup',
]

async function take(
  {program, read}: {readonly program: Pgbackrest; readonly read: BackupRepository['read']},
  words: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const before = new Set((await read(signal)).backups.map(({label}) => label))
  const result = await program.run(words, {signal, timeoutMs: LONG_MS})
  const fail = (what: string): OpsError =>
    new OpsError('backup/failed', `pgBackRest ${what}${lastLine(result)}`, {
      hint: 'Earlier backups are as they were: nothing expires with a backup that we take.',
    })
  if (result.exitCode === LOCKED) throw fail('is busy: another backup of this stanza is being taken')
  const fresh = (await read(signal)).backups.find(({label}) => !before.has(label))
  if (fresh === undefined) throw fail(`took no backup (exit code ${result.exitCode})`)
  if (fresh.fault !== undefined) throw fail(`took ${fresh.label}, which is bad: ${fresh.fault}`)
  if (result.exitCode !== 0) throw fail(`took ${fresh.label}, but exited with ${result.exitCode}`)
  return fresh.label
}

/** "unable to acquire lock". */
const LOCKED = 50

/** What it said on standard output. Raises `backup/storage` where even its own exit code says that it failed. */
function said(result: ExecResult, what: string): string {
  if (result.exitCode === 0) return result.stdout
  throw new OpsError('backup/storage', `pgbackrest ${what} exited with ${result.exitCode}${lastLine(result)}`)
}

function lastLine({stderr, stdout}: ExecResult): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter(line => /ERROR|WARN/.test(line))
  const text = (lines.length > 0 ? lines : stderr.split('\n').filter(line => line.trim() !== '')).slice(-2).join(' | ')
  return text === '' ? '' : `: ${escapeLine(text, 400)}`
}

/** `missing: WAL…` as a fault by its name. */
function faultWords(fault: string): Awaited<ReturnType<BackupRepository['verify']>> {
  const missing = fault.startsWith('missing')
  return {ok: false, fault: missing ? 'missing' : 'altered', reason: fault.replace(/^(?:missing|altered): /, '')}
}
