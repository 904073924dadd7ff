import type {LargeObjects, PgdumpManifest, SequenceMeasurements} from '../../manifest.ts'
import type {TableDifference} from '../../compare-measurements.ts'
import type {SequencePositions} from './read-others.ts'

/** Sequences and large objects that differ from what was copied. Pure. */
export function compareOthers(
  of: Pick<PgdumpManifest, 'sequences' | 'largeObjects'>,
  found: {readonly sequences: SequencePositions; readonly largeObjects: LargeObjects},
): readonly TableDifference[] {
  const differences: TableDifference[] = []
  for (const sequence of of.sequences) {
    const reason = sequenceFault(sequence, found.sequences.get(JSON.stringify([sequence.schema, sequence.name])))
    if (reason !== undefined) differences.push({table: `sequence ${sequence.schema}.${sequence.name}`, reason})
  }
  const reason = largeObjectsFault(of.largeObjects, found.largeObjects)
  if (reason !== undefined) differences.push({table: 'large objects', reason})
  return differences
}

function sequenceFault({from, to}: SequenceMeasurements, position: string | null | undefined): string | undefined {
  if (position === undefined) return 'missing'
  if (position === null) return from === null ? undefined : `never used, instead of at ${from}`
  // One that was never used may have been used while it was copied.
  const ends = [from, to].flatMap(end => (end === null ? [] : [BigInt(end)]))
  const [least, most] = ends.sort((one, other) => (one < other ? -1 : 1))
  if (least === undefined) return `at ${position}, instead of never used`
  const at = BigInt(position)
  const low = from === null ? at <= (most ?? least) : at >= least && at <= (most ?? least)
  return low ? undefined : `at ${position} instead of ${to ?? 'its start'}`
}

function largeObjectsFault(expected: LargeObjects | null, found: LargeObjects): string | undefined {
  if (expected === null || 'unread' in expected) return undefined
  if ('unread' in found) return `cannot be read: ${found.unread}`
  if (expected.count !== found.count) return `${found.count} instead of ${expected.count}`
  return expected.checksum === found.checksum ? undefined : `${found.count}, but other content`
}
