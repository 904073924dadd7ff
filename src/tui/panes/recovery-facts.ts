import type {BackupRow} from '../../backups/rows.ts'
import {describeHoles} from '../../backups/wal/continuity.ts'
import {formatBytes} from '../../units/bytes.ts'
import {absolute, shortDuration} from '../components/age.ts'
import type {Fact} from '../components/facts.ts'
import {span} from '../layout/line.ts'

/** To which moments a cluster can be restored, and what stands in the way. None for a backup of one database. */
export function recoveryFacts({recovery, rpoMs}: BackupRow, now: number): readonly Fact[] {
  if (recovery === undefined) return []
  const {window, holes, archiver, unarchivedBytes, rpoMs: behind, cipher, repositories} = recovery
  return [
    [
      'restorable',
      window === undefined ? [span('to no moment', 'bad bold')] : `${absolute(window.from)} to ${absolute(window.to)}`,
    ],
    [
      'would be lost',
      behind === undefined
        ? [span('everything', 'bad bold')]
        : [
            span(behind === 0 ? 'nothing' : `the last ${shortDuration(behind)}`, behind > rpoMs ? 'bad bold' : 'plain'),
            span(` of at most ${shortDuration(rpoMs)} (RPO)`, 'dim'),
          ],
    ],
    [
      'WAL archive',
      archiver === undefined
        ? [span('the server does not answer', 'warn')]
        : archiver.failingSince !== undefined
          ? [
              span(
                `fails since ${shortDuration(now - archiver.failingSince)}, ${archiver.failures} failures`,
                'bad bold',
              ),
            ]
          : `${formatBytes(unarchivedBytes ?? 0)} behind, ${archiver.failures} failures`,
    ],
    [
      'continuity',
      holes.length === 0 ? `${recovery.segments} segments, no hole` : [span(describeHoles(holes), 'bad bold')],
    ],
    ['encryption', cipher === 'none' ? [span('none', 'warn')] : cipher],
    ['repositories', repositories === 1 ? [span('1: there is no second copy', 'warn')] : String(repositories)],
  ]
}
