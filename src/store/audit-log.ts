import {fstatSync} from 'node:fs'
import path from 'node:path'
import {ACCEPTED, recordHash, type Verification} from '../audit/chain.ts'
import type {AuditEntry, AuditLog, AuditRecord} from '../audit/record.ts'
import {messageOf, OpsError} from '../errors.ts'
import {makeDirectory} from '../files/make-directory.ts'
import type {Actor} from '../identity/actor.ts'
import type {Clock} from '../units/clock.ts'
import {type AppendLog, type LogSystem, openLog} from './append-log.ts'
import {listRecords} from './list-trail.ts'
import {type Mutex, openMutex} from './mutex.ts'
import {ANOTHER_DIRECTORY, stateError} from './state-error.ts'
import {openMark, readMark, type TrailMark} from './trail-mark.ts'
import {stampOf, whyMoved} from './trail-place.ts'
import {auditFile, scanTrail, verifyOwnTrail, whyMissing} from './verify-trail.ts'

export interface AuditLogOptions {
  readonly stateDir: string
  readonly actor: Actor
  readonly clock: Clock
  /** Takes secrets out of every string before it is written. */
  readonly redact: (text: string) => string
  readonly system?: LogSystem
  /** Why a person goes on all the same: a trail may begin where one is missing. */
  readonly despiteBrokenTrail?: string | undefined
}

export interface StoredAuditLog extends AuditLog {
  verify(): Verification
  close(): void
}

interface Files {
  readonly log: AppendLog
  readonly mutex: Mutex
  readonly mark: ReturnType<typeof openMark>
}

/** The audit trail of a state directory. Many processes may append; each record points at the one before it. */
export function openAuditLog(options: AuditLogOptions): StoredAuditLog {
  const file = auditFile(options.stateDir)
  let files: Files | undefined
  /** On the first record: reading must also do where nothing can be written. */
  const writing = (): Files => (files ??= openFiles(options))
  let last: TrailMark | undefined
  /** Nothing is broken that no person has accepted. */
  let whole = true

  /** Where the trail ends now, whoever wrote to it. Never goes on in a file that the path does not lead to. */
  const catchUp = ({log}: Files): TrailMark => {
    const moved = whyMoved(file, log.descriptor)
    if (moved !== undefined) throw replaced(moved)
    const stamp = stampOf(fstatSync(log.descriptor, {bigint: true}))
    if (last?.stamp === stamp) return last
    const mark = readMark(file, stamp)
    if (mark) {
      whole = true
      return mark
    }
    const {chain, end, torn} = scanTrail(file)
    if (last && end < last.size) throw replaced(`${file} became shorter: records were cut off`)
    // A writer died within its record. We hold the lock: nobody writes it any more.
    if (torn > 0) openLog(file, options.system, {end, torn}).close()
    whole = chain.found().unaccepted === 0
    return {stamp: '', seq: chain.seq, head: chain.head, size: end}
  }
  const write = (entry: AuditEntry, actor: Actor, open: Files): AuditRecord => {
    const before = catchUp(open)
    const record: AuditRecord = {
      v: 1,
      seq: before.seq + 1,
      at: options.clock.now(),
      actor,
      ...entry,
      prev: before.head,
    }
    const payload = JSON.stringify(record, (_key, value: unknown) =>
      typeof value === 'string' ? options.redact(value) : value,
    )
    // An outcome needs no sync of its own: it follows its action, and the next intent makes it durable.
    const noted = entry.phase === 'outcome'
    const {bytes, offset} = noted ? open.log.note(payload) : open.log.append(payload)
    if (entry.action === ACCEPTED) whole = true
    const stamp = stampOf(fstatSync(open.log.descriptor, {bigint: true}))
    last = {stamp, seq: record.seq, head: recordHash(bytes), size: offset + bytes.length}
    if (whole) open.mark.write(last)
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
    list: query => listRecords(file, query),
    verify: () => verifyOwnTrail(options.stateDir),
    close: () => {
      files?.log.close()
      files?.mutex.close()
      files?.mark.close()
      files = undefined
    },
  }
}

const replaced = (why: string): OpsError =>
  new OpsError('audit/missing', `nothing continues without the audit trail: ${why}`, {
    hint: 'Find out who did it and put the file back; `opsconsole audit verify` says what is left of it.',
  })

function openFiles({stateDir, system, despiteBrokenTrail}: AuditLogOptions): Files {
  const file = auditFile(stateDir)
  try {
    makeDirectory(path.dirname(file))
    const mutex = openMutex(`${file}.lock`)
    return mutex.hold(() => {
      const missing = whyMissing(stateDir)
      if (missing !== undefined && despiteBrokenTrail === undefined) throw replaced(missing)
      // What a dead writer left is seen, and cut off, with the first record.
      const log = openLog(file, system, {end: 0, torn: 0})
      const moved = whyMoved(file, log.descriptor)
      if (moved !== undefined) {
        log.close()
        throw replaced(moved)
      }
      return {mutex, log, mark: openMark(file)}
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
