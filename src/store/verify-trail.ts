import {fstatSync} from 'node:fs'
import path from 'node:path'
import {
  type Break,
  type ChainCheck,
  checkChain,
  GENESIS,
  recordHash,
  type TrailPart,
  type Verification,
  verdictOf,
  whyBroken,
  withBreak,
} from '../audit/chain.ts'
import type {AuditRecord} from '../audit/record.ts'
import {messageOf} from '../errors.ts'
import {isRunId} from '../runs/run-id.ts'
import {systemClock} from '../units/clock.ts'
import {listRecords} from './list-trail.ts'
import {listRunIds} from './runs/directory.ts'
import {runStore} from './runs/run-store.ts'
import {scanLog} from './scan-log.ts'
import {readMark} from './trail-mark.ts'
import {stampOf, statsOf, whyNotOurs} from './trail-place.ts'
import {halfSealed, sealedSegments, sealedStamp, trailFiles} from './trail-segments.ts'
import {checkJournals} from './verify-journals.ts'

export const auditFile = (stateDir: string): string => path.join(stateDir, 'audit', 'log')

export interface Scanned {
  readonly chain: ChainCheck
  /** Behind the last line that is whole, in the file that is written now. */
  readonly end: number
  readonly torn: number
  /** Of all files. */
  readonly size: number
  readonly segments: number
}

/** Told of every record that can be read, with the hash of its line. */
export type SeeRecord = (record: AuditRecord, hash: string) => void

/** Reads a log from its beginning. Raises what opening it raises. */
export function scanTrail(file: string, see?: SeeRecord): Scanned {
  const chain = checkChain()
  let [end, torn, size, segments] = [0, 0, 0, 0]
  for (const {sealed, descriptor} of trailFiles(file)) {
    ;[end, torn] = [0, 0]
    for (const read of scanLog(descriptor)) {
      const part = sealed ? ofSealed(read, path.basename(sealed.file)) : read
      const record = chain.take(part)
      if (record && see) see(record, recordHash(part.bytes))
      if (part.kind === 'torn') torn = part.bytes.length
      else end = read.end
    }
    size += fstatSync(descriptor).size
    segments += 1
  }
  return {chain, end, torn, size, segments}
}

/** A file was whole when it was sealed: nobody died within its last record. */
const ofSealed = (part: TrailPart, file: string): TrailPart =>
  part.kind === 'torn' ? {...part, file, kind: 'damage', detail: 'is cut off'} : {...part, file}

/** Verifies a log file as it is on disk, without changing it. */
export function verifyAuditFile(file: string, see?: SeeRecord): Verification {
  try {
    const {chain, size, segments} = scanTrail(file, see)
    const found = chain.found()
    return found.records + found.breaks.length === 0
      ? nothing('the file holds no record', size)
      : {...found, size, segments, verdict: verdictOf(found)}
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException
    return nothing(code === 'ENOENT' ? `there is no file ${file}` : messageOf(cause))
  }
}

/** Verifies the trail of a state directory: it must also be there, and be ours. */
export function verifyOwnTrail(stateDir: string, see?: SeeRecord): Verification {
  const file = auditFile(stateDir)
  const missing = whyMissing(stateDir)
  if (missing !== undefined) return {...nothing(missing), unaccepted: 1}
  return verifyAuditFile(file, see)
}

/** Everything that can be said of the trail, or of another log file: its chain, and whether a kept head is in it. */
export function verifyTrail(stateDir: string, file: string | undefined, head: string | undefined): Verification {
  let headIs: number | undefined
  const see: SeeRecord = ({seq}, hash) => {
    if (hash === head) headIs = seq
  }
  const found = file === undefined ? withJournals(stateDir, see) : verifyAuditFile(file, see)
  if (head === undefined) return found
  if (headIs !== undefined) return {...found, headIs}
  const detail = 'no record has the head that was kept: the trail was cut, rewritten or replaced since'
  return withBreak(found, {seq: 0, offset: found.size, kind: 'head', detail})
}

/** The own trail, and the journals of the runs that it tells of. */
function withJournals(stateDir: string, see: SeeRecord): Verification {
  const runs = runStore(stateDir, systemClock)
  const check = checkJournals(id => (isRunId(id) ? runs.run(id) : undefined), {
    list: query => listRecords(auditFile(stateDir), query),
  })
  const trail = verifyOwnTrail(stateDir, (record, hash) => {
    see(record, hash)
    check.take(record)
  })
  const {breaks, journals} = check.end()
  return {...breaks.reduce(withBreak, trail), journals}
}

/** Why a state directory has no trail to go on with. Undefined: it has one, or it has never done anything. */
export function whyMissing(stateDir: string): string | undefined {
  const file = auditFile(stateDir)
  const sealed = sealedSegments(file)
  // A file has two names while it is sealed: by the time it is asked why, it may be over.
  const isBeingSealed = (name: string) => (): boolean => halfSealed(file) !== undefined || statsOf(name)?.nlink === 1n
  const foreign = [file, ...sealed.map(one => one.file)]
    .map(name => whyNotOurs(name, isBeingSealed(name)))
    .find(why => why !== undefined)
  if (foreign !== undefined) return foreign
  const size = statsOf(file)?.size
  if (size !== undefined && size > 0n) return undefined
  if (sealed.length > 0)
    return `${file} is ${size === undefined ? 'missing' : 'empty'} although what was written before it is there`
  const runs = listRunIds(stateDir).length
  if (runs === 0) return undefined
  const beside = runs === 1 ? 'there is 1 run' : `there are ${runs} runs`
  return size === undefined
    ? `${file} is missing although ${beside}: it was deleted or moved away`
    : `${file} is empty although ${beside}: it was cut`
}

function nothing(detail: string, size = 0): Verification {
  const gone: Break = {seq: 0, offset: 0, kind: 'gone', detail}
  return {
    verdict: 'CANNOT VERIFY',
    records: 0,
    firstAt: undefined,
    lastAt: undefined,
    head: GENESIS,
    size,
    segments: 0,
    breaks: [gone],
    moreBreaks: 0,
    unaccepted: 0,
  }
}

/**
 * Why nothing new may begin with this trail; asked again and again, so a trail that is as it was is not read again.
 * Undefined: it is whole, or a person has accepted what is broken.
 */
export function openTrailWatch(stateDir: string): () => string | undefined {
  const file = auditFile(stateDir)
  let known: {readonly stamp: string; readonly why: string | undefined} | undefined
  return () => {
    const missing = whyMissing(stateDir)
    if (missing !== undefined) return `the audit trail cannot be trusted: ${missing}`
    const stats = statsOf(file)
    if (!stats) return undefined
    const [open, sealed] = [stampOf(stats), sealedStamp(file)]
    const stamp = `${open} ${sealed}`
    if (known?.stamp !== stamp)
      known = {stamp, why: readMark(file, open, sealed) ? undefined : whyBroken(verifyOwnTrail(stateDir))}
    return known.why
  }
}
