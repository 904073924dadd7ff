import {escapeLine} from '../text/escape.ts'
import {formatBytes} from '../units/bytes.ts'
import type {FoundManifest, Manifest, ResticManifest} from './manifest.ts'
import {clockSkew} from './moment.ts'
import {provedWords} from './proved-words.ts'
import {type HoldRecord, RESTORE_FAILED, type RestoredRecord, type VerifiedRecord} from './records.ts'
import type {BackupEntry} from './rows.ts'
import {unusualOf, unusualWords} from './unusual.ts'

/** What is known about one backup without reading it. */
export interface Evidence {
  readonly id: string
  /** An Error when the manifest is there but not whole; undefined when there is none. */
  readonly found: FoundManifest | Error | undefined
  /** The stored file, or what there is of it. */
  readonly file: {readonly bytes: number; readonly modifiedMs: number} | undefined
  /** The stored file of its roles and other globals. */
  readonly globals?: {readonly bytes: number} | undefined
  readonly verified: VerifiedRecord | undefined
  readonly restored: RestoredRecord | undefined
  readonly hold: HoldRecord | undefined
}

/** The state of a backup and why. Never better than what was proved. */
export function judgeEntry(evidence: Evidence): BackupEntry {
  const {found, file} = evidence
  if (found === undefined || found instanceof Error) return withoutManifest(evidence)
  const {manifest, digest} = found
  const verified = evidence.verified?.manifest === digest ? evidence.verified : undefined
  const restored = evidence.restored?.manifest === digest ? evidence.restored : undefined
  const skew = clockSkew(manifest.takenAt, manifest.serverTime)
  return {
    id: evidence.id,
    takenAt: manifest.takenAt,
    ...(skew === undefined ? {} : {clockSkewMs: skew}),
    finishedAt: manifest.finishedAt,
    durationMs: manifest.durationMs,
    databaseBytes: manifest.databaseBytes,
    storedBytes: file?.bytes ?? 0,
    sizeChange: undefined,
    ...withRemarks(globalsState(evidence, manifest) ?? stateOf(manifest.storedBytes, file, verified, restored), [
      provedWords(manifest),
      onlyWords(manifest),
      manifest.globals !== null && 'missing' in manifest.globals
        ? `roles and other globals are not in it: ${manifest.globals.missing}`
        : undefined,
    ]),
    globals: globalsWord(manifest),
    encrypted: true,
    verifiedAt: verified?.ok === true ? verified.at : undefined,
    ...(verified?.ok === true && verified.level === 'full' ? {openedAt: verified.at} : {}),
    restoreTestedAt: restored?.ok === true ? restored.at : undefined,
    ...(restored?.ok === false ? {restoreFailed: true} : {}),
    held: evidence.hold !== undefined,
    ...(manifest.purpose === 'safety' ? {safety: true} : {}),
    ...(manifest.method === 'restic' ? outsideOf(manifest) : {}),
    run: manifest.run === null ? undefined : escapeLine(manifest.run, 80),
  }
}

const onlyWords = (manifest: Manifest): string | undefined =>
  manifest.method === 'pgdump' && manifest.only !== undefined
    ? `only ${manifest.only.map(({schema, name}) => `${schema}.${name}`).join(', ')}`
    : undefined

const outsideOf = ({snapshot, addedBytes, repositoryBytes}: ResticManifest): Partial<BackupEntry> => ({
  outside: snapshot,
  ...(addedBytes === null ? {} : {outsideBytes: {added: addedBytes, all: repositoryBytes ?? undefined}}),
})

type Judgement = Pick<BackupEntry, 'state' | 'reason'>

/** What a good one cannot prove, or has not. */
const withRemarks = (judged: Judgement, remarks: readonly (string | undefined)[]): Judgement =>
  judged.state === 'good'
    ? {...judged, reason: escapeLine([judged.reason, ...remarks.filter(Boolean)].join('; '), 400)}
    : judged

const globalsWord = ({globals}: Manifest): NonNullable<BackupEntry['globals']> =>
  globals === null ? 'none' : 'missing' in globals ? 'missing' : globals.passwords ? 'whole' : 'no passwords'

function globalsState({globals: file}: Evidence, {globals}: Manifest): Judgement | undefined {
  if (globals === null || 'missing' in globals) return undefined
  if (file === undefined) return {state: 'damaged', reason: 'missing: the file of its roles and other globals'}
  return file.bytes === globals.storedBytes
    ? undefined
    : {
        state: 'damaged',
        reason: `${file.bytes < globals.storedBytes ? 'truncated' : 'altered'}: its roles and other globals have ${file.bytes} of ${globals.storedBytes} bytes`,
      }
}

function stateOf(
  expected: number,
  file: Evidence['file'],
  verified: VerifiedRecord | undefined,
  restored: RestoredRecord | undefined,
): Judgement {
  const damaged = (reason: string): Judgement => ({state: 'damaged', reason})
  if (file === undefined) return damaged('missing: the manifest exists, its file does not')
  if (file.bytes < expected)
    return damaged(
      `truncated: ${formatBytes(file.bytes)} of ${formatBytes(expected)} (${expected - file.bytes} bytes short)`,
    )
  if (file.bytes > expected) return damaged(`altered: ${file.bytes - expected} bytes too long`)
  if (verified === undefined) return {state: 'unchecked', reason: 'not verified yet'}
  if (!verified.ok) return damaged(escapeLine(`${verified.fault}: ${verified.reason}`, 300))
  if (verified.modifiedMs !== file.modifiedMs)
    return {state: 'unchecked', reason: 'the file was touched after it was verified'}
  if (restored?.ok === false)
    return damaged(
      escapeLine(
        restored.reason.startsWith(RESTORE_FAILED) ? restored.reason : `restore test failed: ${restored.reason}`,
        300,
      ),
    )
  if (verified.level === 'checksum')
    return {state: 'good', reason: 'stored bytes are as written; not opened: no identity on this host'}
  return {state: 'good', reason: restored === undefined ? 'read completely' : 'read completely, restored and compared'}
}

function withoutManifest({id, found, file, hold}: Evidence): BackupEntry {
  const at = file?.modifiedMs ?? 0
  const judgement: Judgement =
    found instanceof Error
      ? {state: 'damaged', reason: escapeLine(found.message, 300)}
      : {state: 'incomplete', reason: 'no manifest: it did not finish, or is being written now'}
  return {
    id,
    takenAt: idMoment(id),
    finishedAt: at,
    durationMs: 0,
    databaseBytes: 0,
    storedBytes: file?.bytes ?? 0,
    sizeChange: undefined,
    ...judgement,
    encrypted: true,
    verifiedAt: undefined,
    restoreTestedAt: undefined,
    held: hold !== undefined,
    run: undefined,
  }
}

/** The moment that an id was made from, milliseconds. */
export function idMoment(id: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(id)
  if (match === null) return 0
  const [, year, month, day, hour, minute, second] = match.map(Number)
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
}

/** Fewer earlier backups than this say nothing about what is usual. */
const ENOUGH = 3
const WINDOW = 10
const LOOKED_AT = 40

/** Adds to each whole entry its size against the median of the ten before it, and what is unusual. Newest first in and out. */
export function withSizeChanges<Entry extends BackupEntry>(entries: readonly Entry[]): readonly Entry[] {
  const whole = (entry: BackupEntry): boolean => entry.state === 'good' || entry.state === 'unchecked'
  return entries.map((entry, index) => {
    const unusual = unusualOf(entry, entries.slice(index + 1, index + 1 + LOOKED_AT)).map(unusualWords)
    const before = entries
      .slice(index + 1)
      .filter(whole)
      .slice(0, WINDOW)
      .map(other => other.storedBytes)
    const usual = median(before)
    if (!whole(entry) || before.length < ENOUGH || usual === undefined || usual === 0) return entry
    const sizeChange = (entry.storedBytes - usual) / usual
    return {...entry, sizeChange, ...(unusual.length === 0 ? {} : {unusual})}
  })
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length / 2
  const high = sorted[Math.floor(middle)]
  const low = sorted[Math.ceil(middle) - 1]
  return high === undefined || low === undefined ? undefined : (high + low) / 2
}
