import path from 'node:path'
import {ACCEPTED, CONTINUED, type Verification} from '../audit/chain.ts'
import type {AuditEntry, AuditLog, AuditRecord} from '../audit/record.ts'
import {messageOf, OpsError} from '../errors.ts'
import {makeDirectory} from '../files/make-directory.ts'
import type {Actor} from '../identity/actor.ts'
import type {Clock} from '../units/clock.ts'
import {encodeRecord, type LogSystem} from './append-log.ts'
import {openTrailReader} from './list-trail.ts'
import {type Mutex, openMutex} from './mutex.ts'
import {ANOTHER_DIRECTORY, stateError} from './state-error.ts'
import {replaced, TrailEnd} from './trail-end.ts'
import type {TrailMark} from './trail-mark.ts'
import {SEGMENT_BYTES, sealedName} from './trail-segments.ts'
import {auditFile, verifyOwnTrail, whyMissing} from './verify-trail.ts'

export interface AuditLogOptions {
  readonly stateDir: string
  readonly actor: Actor
  readonly clock: Clock
  /** Takes secrets out of every string before it is written. */
  readonly redact: (text: string) => string
  readonly system?: LogSystem
  /** Why a person goes on all the same: a trail may begin where one is missing. */
  readonly despiteBrokenTrail?: string | undefined
  /** A file of the trail that has grown so large is sealed, and another one begun; 16 MiB when left out. */
  readonly segmentBytes?: number
}

export interface StoredAuditLog extends AuditLog {
  verify(): Verification
  close(): void
}

interface Files {
  readonly end: TrailEnd
  readonly mutex: Mutex
}

/** The audit trail of a state directory. Many processes may append; each record points at the one before it. */
export function openAuditLog(options: AuditLogOptions): StoredAuditLog {
  const file = auditFile(options.stateDir)
  let files: Files | undefined
  /** On the first record: reading must also do where nothing can be written. */
  const writing = (): Files => (files ??= openFiles(options))

  const recordAfter = (before: TrailMark, entry: AuditEntry, actor: Actor): AuditRecord => ({
    v: 1,
    seq: before.seq + 1,
    at: options.clock.now(),
    actor,
    ...entry,
    prev: before.head,
  })
  const payloadOf = (record: AuditRecord): string =>
    JSON.stringify(record, (_key, value: unknown) => (typeof value === 'string' ? options.redact(value) : value))
  /** The first record of the next file, which names the one that is full. */
  const continued =
    (before: TrailMark, actor: Actor) =>
    (number: number): Buffer => {
      const entry: AuditEntry = {
        action: CONTINUED,
        target: path.basename(sealedName(file, number)),
        environment: '',
        phase: 'outcome',
        detail: {segment: number + 1, records: before.seq, size: before.size},
      }
      return encodeRecord(payloadOf(recordAfter(before, entry, actor)))
    }
  const write = (entry: AuditEntry, actor: Actor, {end}: Files): AuditRecord => {
    const now = end.catchUp()
    const isFull = now.size >= (options.segmentBytes ?? SEGMENT_BYTES)
    const before = isFull ? end.seal(now, continued(now, actor)) : now
    const record = recordAfter(before, entry, actor)
    // An outcome needs no sync of its own: it follows its action, and the next intent makes it durable.
    const synced = entry.phase !== 'outcome'
    end.append(before, {seq: record.seq, payload: payloadOf(record), synced, accepts: entry.action === ACCEPTED})
    return record
  }
  return {
    append: (entry, actor = options.actor) => {
      const open = writing()
      return open.mutex.hold(() => {
        try {
          return write(entry, actor, open)
        } catch (cause) {
          if (cause instanceof OpsError && cause.code === 'audit/missing') throw cause
          throw new OpsError('audit/unwritable', `the audit log cannot be written: ${messageOf(cause)}`, {
            cause,
            hint: 'Nothing runs without its record. Free space or fix the state directory first.',
          })
        }
      })
    },
    list: openTrailReader(file),
    verify: () => verifyOwnTrail(options.stateDir),
    close: () => {
      files?.end.close()
      files?.mutex.close()
      files = undefined
    },
  }
}

function openFiles({stateDir, system, despiteBrokenTrail}: AuditLogOptions): Files {
  const file = auditFile(stateDir)
  try {
    makeDirectory(path.dirname(file))
    const mutex = openMutex(`${file}.lock`)
    return mutex.hold(() => {
      const missing = whyMissing(stateDir)
      if (missing !== undefined && despiteBrokenTrail === undefined) throw replaced(missing)
      return {mutex, end: new TrailEnd(file, system)}
    })
  } catch (cause) {
    if (cause instanceof OpsError && cause.code === 'audit/missing') throw cause
    const known = cause instanceof OpsError ? cause : stateError('open', file, cause, ANOTHER_DIRECTORY)
    throw new OpsError('audit/unwritable', `the audit log cannot be opened: ${known.message}`, {
      cause,
      hint: known.hint ?? ANOTHER_DIRECTORY.hint,
    })
  }
}
