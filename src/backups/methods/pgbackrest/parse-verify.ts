import type {Verification} from '../../verification.ts'

/** What `verify --output=text --verbose` found. Its exit code is 0 whatever that was, so only the text counts. */
export interface VerifiedText {
  readonly ok: boolean
  readonly wal: readonly string[]
  readonly backups: ReadonlyMap<
    string,
    {readonly files: number; readonly valid: boolean; readonly faults: readonly string[]}
  >
  /** An error that is about no part. */
  readonly fault: string | undefined
}

const BACKUP = /^\s*backup: (\S+), status: ([^,]+)(?:, total files checked: (\d+))?/
const ARCHIVE = /^\s*archiveId: (\S+), total WAL checked: (\d+), total valid WAL: (\d+)/
const COUNT = /(missing|checksum invalid|size invalid|other): (\d+)/g

export function parseVerify(text: string): VerifiedText {
  const wal: string[] = []
  const backups = new Map<string, {files: number; valid: boolean; faults: string[]}>()
  const status = /^\s*status: (.+)$/m.exec(text)?.[1]?.trim()
  let part: string[] = []
  for (const line of text.split('\n')) {
    const backup = BACKUP.exec(line)
    if (backup !== null) {
      part = []
      backups.set(backup[1] ?? '', {files: Number(backup[3] ?? 0), valid: backup[2]?.trim() === 'valid', faults: part})
    } else if (ARCHIVE.test(line)) part = wal
    else if (!line.includes('total'))
      for (const [, word, count] of line.matchAll(COUNT)) if (Number(count) > 0) part.push(`${word}: ${count}`)
  }
  return {
    ok:
      status === 'ok' &&
      wal.length === 0 &&
      [...backups.values()].every(({valid, faults}) => valid && faults.length === 0),
    wal,
    backups,
    fault:
      status === undefined
        ? 'pgbackrest verify said nothing that is understood'
        : /^\s*(?:error|ERROR): (.+)$/m.exec(text)?.[1],
  }
}

/** About one backup, with those that it builds on. */
export function verdictOf(
  found: VerifiedText,
  label: string,
  needs: readonly string[],
): Pick<Verification, 'ok' | 'fault' | 'reason'> {
  const own = found.backups.get(label)
  if (own === undefined)
    return {ok: false, fault: 'unreadable', reason: found.fault ?? 'pgbackrest verify did not look at it'}
  for (const name of [label, ...needs]) {
    const part = found.backups.get(name)
    if (part === undefined)
      return {ok: false, fault: 'missing', reason: `backup ${name}, which it builds on, was not found`}
    if (part.valid && part.faults.length === 0) continue
    const missing = part.faults.some(fault => fault.startsWith('missing'))
    const where = name === label ? '' : `backup ${name}, which it builds on: `
    return {
      ok: false,
      fault: missing ? 'missing' : 'altered',
      reason: `${where}${part.faults.length === 0 ? 'pgbackrest verify calls it invalid' : `files ${part.faults.join(', ')}`}`,
    }
  }
  return {
    ok: true,
    fault: undefined,
    reason: `read completely: ${own.files} files and the log that makes it consistent`,
  }
}
