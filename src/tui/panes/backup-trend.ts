import {keptBytes, sizeAnomaly} from '../../backups/size-anomaly.ts'
import type {BackupEntry, BackupRow} from '../../backups/rows.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {Line} from '../layout/line.ts'
import {blank} from '../layout/line.ts'
import {shortDuration} from '../components/age.ts'
import {chart} from '../components/chart.ts'
import {heading} from '../components/facts.ts'

const SIZE_ROWS = 5
const TIME_ROWS = 3
/** One backup is no trend. */
const LEAST = 2

/** How large the backups of a catalogue were and how long they took, oldest first, with a mark under each odd size. */
export function backupTrend({entries}: BackupRow, width: number): readonly Line[] {
  const taken = entries
    .filter(
      entry => entry.state !== 'incomplete' && entry.safety !== true && entry.kind !== 'incr' && entry.kind !== 'diff',
    )
    .toSorted((a, b) => a.takenAt - b.takenAt)
  const [first, last] = [taken[0], taken.at(-1)]
  if (width < 40 || taken.length < LEAST || !first || !last) return []
  const stepMs = Math.max(1, (last.takenAt - first.takenAt) / (taken.length - 1))
  const odd = taken.flatMap((entry, at) => (sizeAnomaly(entry.sizeChange) ? [at] : []))
  const drawn = (value: (entry: BackupEntry) => number, label: (value: number) => string, height: number) =>
    chart({
      values: taken.map(value),
      width,
      height,
      least: 1,
      label,
      at: last.takenAt,
      stepMs,
      // Between the value and the one after it, where its sign belongs.
      marks: odd.map(at => last.takenAt - (taken.length - 1 - at) * stepMs),
    })
  return [
    blank,
    heading('Stored', `${taken.length} backups${odd.length === 0 ? '' : `, ▲ ${odd.length} of an odd size`}`),
    ...drawn(keptBytes, formatBytes, SIZE_ROWS),
    blank,
    heading('Took'),
    ...drawn(
      entry => entry.durationMs,
      value => shortDuration(value),
      TIME_ROWS,
    ),
  ]
}
