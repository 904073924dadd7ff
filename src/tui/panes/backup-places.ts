import type {BackupRow, CopyState} from '../../backups/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import {shortAge} from '../components/age.ts'
import type {Fact} from '../components/facts.ts'
import type {Line} from '../layout/line.ts'
import {span} from '../layout/line.ts'

/** Where else the backups are, what is true of 3-2-1-1-0 and what is not, and for how many more there is room. */
export function placeFacts({copies = [], rule = [], freeBytes, room, newest}: BackupRow, now: number): readonly Fact[] {
  const wrong = rule.filter(({holds}) => !holds)
  return [
    [
      '3-2-1-1-0',
      rule.length === 0
        ? undefined
        : rule.flatMap(
            ({digit, meaning, holds}, at): Line => [
              span(at === 0 ? '' : ', ', 'dim'),
              span(`${digit} ${meaning} ${holds ? 'yes' : 'NO'}`, holds ? 'plain' : 'warn'),
            ],
          ),
    ],
    ...wrong.map(({meaning, why}): Fact => [`no: ${meaning}`, [span(why, 'dim')]]),
    ...copies.map((copy): Fact => [`in ${copy.name}`, copyWords(copy, now)]),
    [
      'room',
      freeBytes === undefined || newest === undefined || newest.storedBytes <= 0
        ? undefined
        : `${formatBytes(freeBytes)} free: ${Math.floor(freeBytes / newest.storedBytes)} more like the newest${roomWords(room)}`,
    ],
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
