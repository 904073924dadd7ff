import {messageOf, OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {segmentAt} from '../../wal/continuity.ts'
import type {BackupRepository, RepositoryView} from '../repository.ts'
import {parseVerify, verdictOf} from './parse-verify.ts'
import {openProgram, type Pgbackrest} from './program.ts'
import {parseContents} from './read-contents.ts'
import {archiveOf, only, readRepository} from './read-repository.ts'
import {lastLine, said} from './said.ts'
import type {PgbackrestSpec} from './schema.ts'
import {openSegment, readStored} from './segment-bytes.ts'

const LONG_MS = 24 * 3_600_000

/** The repository of one stanza. Three programs for a look at it, two more for each further repository, and one for each change of timeline, however many segments there are. */
export function openPgbackrest(spec: PgbackrestSpec, {exec}: {readonly exec: Exec}): BackupRepository {
  const program = openProgram(spec, exec)
  const read = (signal: AbortSignal): Promise<RepositoryView> => readRepository({spec, program}, signal)

  const segment: BackupRepository['segment'] = async (view, {file, repository}, signal) => {
    const place = view.readable.find(({number}) => number === repository) ?? view.readable[0]
    if (place === undefined) throw new OpsError('backup/storage', `no repository has ${file} any more`)
    const argv = await program.command(['repo-get', ...only(view, place.number), `${archiveOf(spec, place)}/${file}`])
    return openSegment(file, await readStored(argv, signal))
  }

  /** Where a backup is; nothing is said where there is one repository. */
  async function placeOf(label: string, signal: AbortSignal): Promise<readonly string[]> {
    const view = await read(signal)
    const found = view.backups.find(backup => backup.label === label)
    return found === undefined ? [] : only(view, found.repository)
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
      const result = await program.run(['verify', ...only(view, backup.repository), '--output=text', '--verbose'], {
        signal,
        timeoutMs: LONG_MS,
      })
      const text = parseVerify(said(result, 'verify'))
      const verdict = verdictOf(text, label, backup.needs)
      return verdict.ok && text.wal.length > 0
        ? {
            ...verdict,
            reason: `${verdict.reason}; but the archive holds bad segments (${text.wal.join(', ')}): later moments may be lost`,
          }
        : verdict
    },
    // It looks into every repository for it.
    contents: async (label, signal) =>
      parseContents(said(await program.run(['info', `--set=${label}`, '--output=json'], {signal}), 'info')),
    removeCommand: label => program.describe(['expire', `--set=${label}`]),
    async remove(label, signal) {
      const words = ['expire', ...(await placeOf(label, signal)), `--set=${label}`]
      const result = await program.run(words, {signal, timeoutMs: LONG_MS})
      const left = (await read(signal)).backups.some(backup => backup.label === label)
      if (left) throw new OpsError('backup/storage', `pgbackrest expire left ${label} where it was${lastLine(result)}`)
    },
    restoreArguments: ({label, data, tablespaces, recovery}) => [
      spec.program,
      `--config=${spec.config}`,
      `--stanza=${spec.stanza}`,
      `--pg1-path=${data}`,
      // Of several repositories it takes the one that has this set, and segments from any of them.
      `--set=${label}`,
      `--tablespace-map-all=${tablespaces}`,
      '--archive-mode=off',
      ...recovery,
      'restore',
    ],
  }
}

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

/** `missing: WAL…` as a fault by its name. */
function faultWords(fault: string): Awaited<ReturnType<BackupRepository['verify']>> {
  const missing = fault.startsWith('missing')
  return {ok: false, fault: missing ? 'missing' : 'altered', reason: fault.replace(/^(?:missing|altered): /, '')}
}
