import type {BackupRow} from '../../backups/rows.ts'
import type {Receiver} from '../../backups/receivers.ts'
import {describeHoles} from '../../backups/wal/continuity.ts'
import {formatBytes} from '../../units/bytes.ts'
import {absolute, shortDuration} from '../components/age.ts'
import type {Fact} from '../components/facts.ts'
import {type Line, type Span, span} from '../layout/line.ts'

/** To which moments a cluster can be restored, and what stands in the way. None for a backup of one database. */
export function recoveryFacts({recovery, rpoMs}: BackupRow, now: number): readonly Fact[] {
  if (recovery === undefined) return []
  const {
    window,
    holes,
    archiver,
    unarchivedBytes,
    rpoMs: behind,
    archiveRpoMs,
    receivers,
    cipher,
    repositories,
    repositoryFaults = [],
  } = recovery
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
            ...(archiveRpoMs === undefined || archiveRpoMs === behind
              ? []
              : [span(`; by the archive alone ${shortDuration(archiveRpoMs)}`, 'dim')]),
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
    ...receivers.map((receiver, at): Fact => [at === 0 ? 'WAL receivers' : '', [receivedSpan(receiver)]]),
    [
      'continuity',
      holes.length === 0 ? `${recovery.segments} segments, no hole` : [span(describeHoles(holes), 'bad bold')],
    ],
    ['encryption', cipher === 'none' ? [span('none', 'warn')] : cipher],
    ['repositories', repositoriesValue(repositories, repositoryFaults)],
  ]
}

function receivedSpan({name, state, behindBytes, lossMs, fault}: Receiver): Span {
  if (fault !== undefined) return span(fault.replace('the WAL receiver ', ''), 'warn')
  const behind = `${name}: ${formatBytes(behindBytes ?? 0)} behind`
  if (state === 'waited for') return span(`${behind}, commits wait for it`, 'plain')
  return lossMs === undefined
    ? span(`${behind}, since when is not known`, 'warn')
    : span(lossMs === 0 ? behind : `${behind}, at most ${shortDuration(lossMs)}`, 'plain')
}

function repositoriesValue(count: number, faults: readonly string[]): string | Line {
  if (count === 1) return [span('1: there is no second copy', 'warn')]
  return faults.length === 0 ? String(count) : [span(`${count}: `), span(faults.join('; '), 'warn')]
}
