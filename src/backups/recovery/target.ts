import {OpsError} from '../../errors.ts'
import {parseLsn} from '../wal/segment.ts'

/** What a cluster is brought back to. */
export type RecoveryTarget =
  | {readonly kind: 'time' /** Microseconds since 1970. */; readonly micros: number; readonly text: string}
  | {readonly kind: 'lsn'; readonly lsn: bigint; readonly text: string}
  | {readonly kind: 'xid'; readonly text: string}
  /** Just before a transaction: its number, or `drop` for the newest that removed a table. */
  | {readonly kind: 'before'; readonly text: string}
  | {readonly kind: 'name'; readonly text: string}
  /** All that is in the archive. */
  | {readonly kind: 'latest'; readonly text: string}

/** As a person says it: exactly one of them. */
export interface TargetWords {
  readonly to?: string | undefined
  readonly lsn?: string | undefined
  readonly xid?: string | undefined
  readonly point?: string | undefined
  readonly before?: string | undefined
  /** Single tables, by their names; what is looked for is not told by them. */
  readonly table?: string | undefined
}

/** Raises `usage/arguments`. A moment without a zone means two instants to two programs, so it is refused. */
export function parseTarget({to, lsn, xid, point, before}: TargetWords): RecoveryTarget {
  const given = [to, lsn, xid, point, before].filter(word => word !== undefined && word !== '')
  if (given.length !== 1)
    throw wrong(
      'exactly one of to, lsn, xid, point and before should be given',
      'to=2026-11-26T14:03:00+01:00, to=latest, lsn=16/B374D848, xid=8520, point=NAME, before=8520 or before=drop.',
    )
  if (lsn !== undefined && lsn !== '') {
    const position = parseLsn(lsn)
    if (position === undefined) throw wrong(`lsn should be a position such as 16/B374D848, got ${JSON.stringify(lsn)}`)
    return {kind: 'lsn', lsn: position, text: lsn.toUpperCase()}
  }
  if (xid !== undefined && xid !== '') return {kind: 'xid', text: transaction('xid', xid)}
  if (before !== undefined && before !== '')
    return {kind: 'before', text: before === 'drop' ? before : transaction('before', before, ', or drop')}
  if (point !== undefined && point !== '') {
    if (Buffer.byteLength(point) > 63 || /[\p{Cc}'"]/u.test(point))
      throw wrong(`point should be a name of pg_create_restore_point, got ${JSON.stringify(point)}`)
    return {kind: 'name', text: point}
  }
  return to === 'latest' ? {kind: 'latest', text: 'latest'} : parseMoment(to ?? '')
}

function transaction(word: string, text: string, others = ''): string {
  if (!/^[1-9]\d{0,9}$/.test(text))
    throw wrong(`${word} should be a transaction's number${others}, got ${JSON.stringify(text)}`)
  return text
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6}))?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i

function parseMoment(text: string): RecoveryTarget {
  const [, day, time, fraction = '', zone] = MOMENT.exec(text.trim()) ?? []
  if (day === undefined || time === undefined)
    throw wrong(`to should be a moment such as 2026-11-26T14:03:00+01:00, or latest, got ${JSON.stringify(text)}`)
  if (zone === undefined)
    throw wrong(
      `the moment ${JSON.stringify(text)} has no zone: it would mean one instant here and another on the server`,
      `Write ${day}T${time}Z for UTC, or its offset, such as +01:00.`,
    )
  const seconds = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}${isoZone(zone)}`)
  // A day that its month has not would be one of the next month.
  const there = !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day)
  if (Number.isNaN(seconds) || !there) throw wrong(`there is no moment ${JSON.stringify(text)}`)
  const micros = seconds * 1000 + Number(fraction.padEnd(6, '0'))
  return {kind: 'time', micros, text: postgresMoment(micros)}
}

const isoZone = (zone: string): string => {
  if (/^(?:Z|UTC)$/i.test(zone)) return 'Z'
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}

/** `2026-11-22 12:41:28.730697+00`: always with microseconds, always with the offset. */
export function postgresMoment(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return `${seconds}.${String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0')}+00`
}

const wrong = (what: string, hint = 'See `opsconsole backup restore-plan --help`.'): OpsError =>
  new OpsError('usage/arguments', what, {hint})
