import {keptBytes} from '../../backups/size-anomaly.ts'
import type {BackupEntry, BackupRow} from '../../backups/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import {shortAge} from '../components/age.ts'
import type {Fact} from '../components/facts.ts'
import {sparkline} from '../components/sparkline.ts'
import {line, span} from '../layout/line.ts'

const SHOWN = 24
/** A restore that was proved longer ago than this says little about the backups of today. */
const PROVED_MS = 7 * 86_400_000

/** The course of sizes and times, what is unlike it, which restore was proved last, and what is kept by hand. */
export function historyFacts({entries, newest}: BackupRow, now: number): readonly Fact[] {
  const whole = entries
    .filter(({state, storedBytes, kind}) => state !== 'incomplete' && storedBytes > 0 && kind === newest?.kind)
    .toSorted((left, right) => left.takenAt - right.takenAt)
    .slice(-SHOWN)
  return [
    ['sizes', course(whole, keptBytes, formatBytes)],
    ['times', course(whole, ({durationMs}) => durationMs, formatDuration)],
    ['unusual', newest?.unusual === undefined ? undefined : [span(newest.unusual.join(', '), 'warn bold')]],
    ['proved last', provedLast(entries, now)],
    ['key', keyWords(newest, now)],
    ['why', newest === undefined ? undefined : whyWords(newest)],
    ['held', heldWords(entries)],
  ]
}

/** Too few say nothing; the newest is the one at the right. */
function course(entries: readonly BackupEntry[], of: (entry: BackupEntry) => number, words: (value: number) => string) {
  const values = entries.map(of)
  const last = values.at(-1)
  if (values.length < 3 || last === undefined) return undefined
  return [
    ...sparkline(values, values.length),
    span(` ${words(Math.min(...values))} to ${words(Math.max(...values))}`, 'dim'),
  ]
}

function provedLast(entries: readonly BackupEntry[], now: number): Fact[1] {
  const [last] = entries
    .flatMap(({id, restoreTestedAt}) => (restoreTestedAt === undefined ? [] : [{id, at: restoreTestedAt}]))
    .toSorted((left, right) => right.at - left.at)
  if (entries.length === 0) return undefined
  if (last === undefined) return line('no restore of these was ever proved', 'warn')
  return [
    span(`${shortAge(last.at, now)} ago`, now - last.at > PROVED_MS ? 'warn' : 'plain'),
    span(`, ${last.id}`, 'dim'),
  ]
}

/** A key that opens nothing is found out with the first restore otherwise. Physical ones are opened by their own program. */
function keyWords(newest: BackupEntry | undefined, now: number): Fact[1] {
  if (newest === undefined || newest.kind !== undefined) return undefined
  return newest.openedAt === undefined
    ? [span('nobody has opened the newest with the key of this host', 'warn')]
    : `opened the newest ${shortAge(newest.openedAt, now)} ago`
}

/** Why the newest one is there. */
const whyWords = ({run, safety, held}: BackupEntry): string =>
  [safety === true ? 'before a restore' : '', run === undefined ? 'taken by hand' : `run ${run}`, held ? 'held' : '']
    .filter(Boolean)
    .join(', ')

function heldWords(entries: readonly BackupEntry[]): string | undefined {
  const held = entries.filter(entry => entry.held)
  return held.length === 0
    ? undefined
    : `${held.length}: ${held
        .map(({id}) => id)
        .slice(0, 3)
        .join(', ')}`
}
