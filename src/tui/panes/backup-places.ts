import type {BackupRow, CopyState} from '../../backups/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import {shortAge} from '../components/age.ts'
import {type Fact, heading} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import {blank, type Line, span} from '../layout/line.ts'
import {wrapLine} from '../layout/wrap-line.ts'

/** Where else the backups are, and for how many more there is room. */
export function placeFacts({copies = [], freeBytes, room, newest}: BackupRow, now: number): readonly Fact[] {
  return [
    ...copies.map((copy): Fact => [`in ${copy.name}`, copyWords(copy, now)]),
    [
      'room',
      freeBytes === undefined || newest === undefined || newest.storedBytes <= 0 || newest.outside !== undefined
        ? undefined
        : `${formatBytes(freeBytes)} free: ${Math.floor(freeBytes / newest.storedBytes)} more like the newest${roomWords(room)}`,
    ],
  ]
}

/** What of 3-2-1-1-0 is true and what is not, each with what makes it so, and the blank after it. */
export function ruleLines({rule = []}: BackupRow, width: number): readonly Line[] {
  if (rule.length === 0) return []
  const met = rule.filter(({holds}) => holds).length
  return [
    heading('3-2-1-1-0', met === rule.length ? 'all of it' : `${met} of ${rule.length}`),
    ...rule.flatMap(({digit, meaning, holds, unknown, why}) =>
      wrapLine(
        [
          ...statusWord(holds ? 'good' : unknown === true ? 'unknown' : 'incomplete', `${digit} ${meaning}`),
          span(`${holds ? '' : unknown === true ? ' not known' : ' NO'}  `, 'warn'),
          span(why, 'dim'),
        ],
        width - 4,
      ).map((each, at): Line => (at === 0 ? each : [span('    '), ...each])),
    ),
    blank,
  ]
}

const roomWords = (room: BackupRow['room']): string =>
  room === undefined
    ? ''
    : room.fullInMs >= A_YEAR_MS
      ? '; enough for a year at this pace'
      : `; full in ${formatDuration(room.fullInMs)} at ${formatBytes(room.bytesPerDay)} a day`
const A_YEAR_MS = 31_536_000_000

function copyWords({fault, good, damaged, newestAt, location}: CopyState, now: number): Line {
  if (fault !== undefined) return [span(`cannot be read: ${fault}`, 'bad bold')]
  return [
    ...(damaged.length === 0 ? [] : [span(`${damaged.length} damaged, `, 'bad bold')]),
    newestAt === undefined
      ? span('none that is good', 'bad bold')
      : span(`${good.length} good, the newest ${shortAge(newestAt, now)} old`, 'plain'),
    span(`, ${location}`, 'dim'),
  ]
}
