import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Exec} from '../../processes/exec.ts'
import {findProgram} from '../methods/pgdump/binaries.ts'
import type {BackupRepository, RepositoryView} from '../methods/repository.ts'
import type {ArchivedSegment} from '../wal/continuity.ts'
import {segmentName} from '../wal/segment.ts'

export interface LogTools {
  readonly repository: BackupRepository
  readonly view: RepositoryView
  readonly exec: Exec
  readonly signal: AbortSignal
  /** Directory of pg_waldump; found when undefined. */
  readonly binaries: string | undefined
}

/** Records of one kind in one archived segment, as pg_waldump describes them; its own bytes are removed again. */
export async function readRecords(
  {repository, view, exec, signal, binaries}: LogTools,
  segment: ArchivedSegment,
  manager: 'Transaction' | 'XLOG',
): Promise<readonly string[]> {
  const waldump = await findProgram('pg_waldump', Number.parseInt(view.serverVersion, 10), {directory: binaries})
  const directory = await mkdtemp(path.join(tmpdir(), 'opsconsole-wal-'))
  try {
    const file = path.join(directory, segmentName(segment, view.wal.segmentBytes))
    await writeFile(file, await repository.segment(view, segment, signal), {mode: 0o600})
    // It ends with an error where the segment was closed early, after it said all that is in it.
    const {stdout} = await exec([waldump, `--rmgr=${manager}`, file], {
      signal,
      anyExit: true,
      cwd: directory,
      env: {TZ: 'UTC', LC_ALL: 'C'},
    })
    return stdout.split('\n').filter(line => line !== '')
  } finally {
    await rm(directory, {recursive: true, force: true})
  }
}

/** When a transaction ended, microseconds since 1970, and its number. */
export interface EndedTransaction {
  readonly micros: number
  readonly xid: string
  /** What it removed: an old relation's file, and the database that it was in, both by their numbers. */
  readonly removed: readonly {readonly database: string; readonly file: number}[]
}

/** `… tx: 735, lsn: 0/01A2B3C8, prev …, desc: COMMIT 2026-11-22 12:41:28.730697 UTC; …` */
const ENDED =
  /tx:\s+(\d+), lsn: [^,]+, prev [^,]+, desc: (COMMIT|ABORT)\S* (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d+))? UTC(.*)/
/** Those of temporary tables (`t3_16384`) are no loss. */
const FILE = /(\d+)\/(\d+)(?=[\s;]|$)/g

function removedBy(rest: string): EndedTransaction['removed'] {
  const files = /; rels:((?: [^;\s]+)+)/.exec(rest)?.[1] ?? ''
  return [...files.matchAll(FILE)].map(([, database = '', file = '']) => ({database, file: Number(file)}))
}

export function endedTransactions(lines: readonly string[]): readonly EndedTransaction[] {
  return lines.flatMap(line => {
    const [, xid = '', how, moment, fraction = '', rest = ''] = ENDED.exec(line) ?? []
    return moment === undefined
      ? []
      : [
          {
            xid,
            micros: Date.parse(`${moment.replace(' ', 'T')}Z`) * 1000 + Number(fraction.padEnd(6, '0')),
            // What an aborted one removes is what it had made.
            removed: how === 'COMMIT' ? removedBy(rest) : [],
          },
        ]
  })
}

/** Whether a named point is among the records. */
export const hasPoint = (lines: readonly string[], name: string): boolean =>
  lines.some(line => line.endsWith(`desc: RESTORE_POINT ${name}`))
