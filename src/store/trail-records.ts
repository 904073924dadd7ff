import {readMark} from './trail-mark.ts'
import {stampOf, statsOf} from './trail-place.ts'
import {sealedStamp} from './trail-segments.ts'
import {auditFile} from './verify-trail.ts'

/** How many records the trail has, from the mark of whoever wrote the last one. Undefined: it would have to be read. */
export function trailRecords(stateDir: string): number | undefined {
  const file = auditFile(stateDir)
  const stats = statsOf(file)
  return stats === undefined ? 0 : readMark(file, stampOf(stats), sealedStamp(file))?.seq
}
