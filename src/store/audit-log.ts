import {readFileSync} from 'node:fs'
import path from 'node:path'
import {GENESIS, parse, recordHash, type Verification, verifyChain} from '../audit/chain.ts'
import {matchesQuery} from '../audit/query.ts'
import type {AuditEntry, AuditLog, AuditQuery, AuditRecord} from '../audit/record.ts'
import {messageOf, OpsError} from '../errors.ts'
import type {Actor} from '../identity/actor.ts'
import type {Clock} from '../units/clock.ts'
import {type AppendLog, encodeRecord, type LogSystem, openLog, readLog} from './append-log.ts'
import {type Mutex, openMutex} from './mutex.ts'
import {makeDirectory} from '../files/make-directory.ts'
import {ANOTHER_DIRECTORY, stateError} from './state-error.ts'

export interface AuditLogOptions {
  readonly stateDir: string
  readonly actor: Actor
  readonly clock: Clock
  /** Takes secrets out of every string before it is written. */
  readonly redact: (text: string) => string
  readonly system?: LogSystem
}

export interface StoredAuditLog extends AuditLog {
  verify(): Verification
  close(): void
}

export const auditFile = (stateDir: string): string => path.join(stateDir, 'audit', 'log')

/** The audit trail of a state directory. Many processes may append; each record points at the one before it. */
export function openAuditLog(options: AuditLogOptions): StoredAuditLog {
  const file = auditFile(options.stateDir)
  let files: {readonly log: AppendLog; readonly mutex: Mutex} | undefined
  /** On the first record: reading must also do where nothing can be written. */
  const writing = (): {readonly log: AppendLog; readonly mutex: Mutex} => (files ??= openFiles(file, options.system))
  let seen = 0
  let seq = 0
  let head = GENESIS

  /** Reads what other processes appended since we last looked. */
  const catchUp = (log: AppendLog): void => {
    if (log.size() === seen) return
    const {records, end, torn} = readLog(file, seen, seq + 1)
    // A writer died within its record. We hold the lock: nobody writes it any more.
    if (torn > 0) openLog(file, options.system).close()
    for (const {payload} of records) {
      const record = parse(payload)
      if (!record) throw new OpsError('audit/damaged', `${file}: record ${seq + 1} cannot be read`)
      seq = record.seq
      head = recordHash(encodeRecord(payload))
    }
    seen = end
  }
  const append = (entry: AuditEntry, actor: Actor = options.actor): AuditRecord => {
    const {log, mutex} = writing()
    return mutex.hold(() => {
      try {
        catchUp(log)
        const record: AuditRecord = {v: 1, seq: seq + 1, at: options.clock.now(), actor, ...entry, prev: head}
        const payload = JSON.stringify(record, (_key, value: unknown) =>
          typeof value === 'string' ? options.redact(value) : value,
        )
        // An outcome needs no sync of its own: it follows its action, and the next intent makes it durable.
        const {bytes} = entry.phase === 'outcome' ? log.note(payload) : log.append(payload)
        seq += 1
        head = recordHash(bytes)
        seen += bytes.length
        return record
      } catch (cause) {
        if (cause instanceof OpsError && cause.code === 'audit/damaged') throw cause
        throw new OpsError('audit/unwritable', `the audit log cannot be written: ${messageOf(cause)}`, {
          cause,
          hint: 'Nothing runs without its record. Free space or fix the state directory first.',
        })
      }
    })
  }
  const list = (query: AuditQuery = {}): readonly AuditRecord[] => {
    const found = readLog(file)
      .records.flatMap(({payload}) => parse(payload) ?? [])
      .filter(record => matchesQuery(record, query))
    return query.limit === undefined ? found : found.slice(-query.limit)
  }
  return {
    append,
    list,
    verify: () => verifyAuditFile(file),
    close: () => {
      files?.log.close()
      files?.mutex.close()
      files = undefined
    },
  }
}

function openFiles(file: string, system: LogSystem | undefined): {readonly log: AppendLog; readonly mutex: Mutex} {
  try {
    makeDirectory(path.dirname(file))
    const mutex = openMutex(`${file}.lock`)
    return {mutex, log: mutex.hold(() => openLog(file, system))}
  } catch (cause) {
    if (cause instanceof OpsError && cause.code === 'state/damaged')
      throw new OpsError('audit/damaged', cause.message, {
        cause,
        hint: 'Run `opsconsole audit verify`; keep a copy of the file.',
      })
    const known = cause instanceof OpsError ? cause : stateError('open', file, cause, ANOTHER_DIRECTORY)
    throw new OpsError('audit/unwritable', `the audit log cannot be opened: ${known.message}`, {
      cause,
      hint: known.hint ?? ANOTHER_DIRECTORY.hint,
    })
  }
}

/** Verifies a log file as it is on disk, without changing it. */
export function verifyAuditFile(file: string): Verification {
  const empty = {records: 0, firstAt: undefined, lastAt: undefined, head: GENESIS, size: 0}
  let size = 0
  try {
    size = readFileSync(file).length
    const {records, end, torn} = readLog(file)
    const chain = verifyChain(records.map(({offset, payload}) => ({offset, payload, bytes: encodeRecord(payload)})))
    const breaks =
      torn === 0
        ? chain.breaks
        : [
            ...chain.breaks,
            {
              seq: chain.records + 1,
              offset: end,
              kind: 'torn tail' as const,
              detail: `${torn} bytes of an incomplete record`,
            },
          ]
    const edited = chain.breaks.length > 0
    return {...chain, size, breaks, verdict: edited ? 'TAMPERED' : torn > 0 ? 'INCOMPLETE' : 'VERIFIED'}
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {...empty, verdict: 'VERIFIED', breaks: []}
    const place = /record (\d+) at byte (\d+) (.*)/.exec(messageOf(cause))
    if (!place)
      return {
        ...empty,
        size,
        verdict: 'CANNOT VERIFY',
        breaks: [{seq: 0, offset: 0, kind: 'unreadable', detail: messageOf(cause)}],
      }
    return {
      ...empty,
      size,
      verdict: 'TAMPERED',
      breaks: [{seq: Number(place[1]), offset: Number(place[2]), kind: 'edited', detail: place[3] ?? ''}],
    }
  }
}
