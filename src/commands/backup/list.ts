import {keptBytes, sizeAnomaly} from '../../backups/size-anomaly.ts'
import {reasonWithClock} from '../../backups/moment.ts'
import type {BackupEntry} from '../../backups/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatAge, formatDuration} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {pageFlags, pageWords, readPageOfAll, rowsOfPage, withPageWords} from '../page.ts'
import {alignColumns} from '../runs/table.ts'
import {chooseBackups, nameArgument} from './choose.ts'

export const command: Command = {
  name: 'backup list',
  summary: 'Show every backup in the catalogue: age, size, state, verified, restore-tested, globals, held',
  help: 'GLOBALS: roles, tablespaces and other things of the server that travel with the backup: whole, with password hashes; without passwords, where the role may not read them; missing, with the reason; none in backups that were taken before they were kept. STORED, of a directory: what came with it into the repository of restic, and our list of its files.',
  arguments: [nameArgument],
  flags: pageFlags('of each backup; all when left out'),
  run: async ({args, flags}, context) => {
    const all = await Promise.all(
      (await chooseBackups(context, args[0])).map(async ops => ({
        backup: ops.name,
        environment: ops.environment,
        location: ops.location,
        entries: await ops.list(),
      })),
    )
    const now = context.clock.now()
    const paged = all.map(({entries, ...rest}) => {
      const page = readPageOfAll(flags, entries.length)
      const shown = rowsOfPage(entries, page)
      return {data: {...rest, entries: shown}, words: pageWords(page, shown.length, entries.length)}
    })
    const data = paged.map(each => each.data)
    const texts = paged.map(({data: {backup, location, entries}, words}, at) =>
      withPageWords(`${backup}  ${location}${repositoryWords(all[at]?.entries)}\n${entriesText(entries, now)}`, words),
    )
    return {data, text: texts.length === 0 ? 'No backup is configured.' : texts.join('\n\n')}
  },
}

/** Of a method that keeps its data outside of the storage. */
function repositoryWords(entries: readonly BackupEntry[] = []): string {
  const bytes = entries.find(({outsideBytes}) => outsideBytes !== undefined)?.outsideBytes?.all
  return bytes === undefined ? '' : `  ${formatBytes(bytes)} in the repository`
}

/** One line a backup, newest first. */
export function entriesText(entries: readonly BackupEntry[], now: number): string {
  if (entries.length === 0) return 'Nothing there yet.'
  return alignColumns([
    ['BACKUP', 'AGE', 'STATE', 'SIZE', 'STORED', 'CHANGE', 'TOOK', 'VERIFIED', 'RESTORED', 'GLOBALS', 'HELD', 'REASON'],
    ...entries.map(entry => [
      entry.id,
      formatAge(entry.takenAt, now),
      entry.state,
      entry.databaseBytes === 0 ? '–' : formatBytes(entry.databaseBytes),
      formatBytes(keptBytes(entry)),
      changeText(entry),
      entry.durationMs === 0 ? '–' : formatDuration(entry.durationMs),
      entry.verifiedAt === undefined ? 'never' : formatAge(entry.verifiedAt, now),
      entry.restoreTestedAt === undefined ? 'never' : formatAge(entry.restoreTestedAt, now),
      entry.globals ?? '–',
      entry.held ? 'held' : '–',
      [...(entry.unusual ?? []), reasonWithClock(entry, now)].join('; '),
    ]),
  ])
}

/** Against the median of those before it; `!` marks what wants a look. */
const changeText = ({sizeChange: change, unusual = []}: BackupEntry): string =>
  change === undefined
    ? '–'
    : `${change >= 0 ? '+' : '−'}${Math.abs(Math.round(change * 100))}%${sizeAnomaly(change) || unusual.length > 0 ? ' !' : ''}`
