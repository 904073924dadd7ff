import type {OpsContext} from './context.ts'
import {createBackup, describeCreate} from './create.ts'
import {skewWords} from './moment.ts'
import type {BackupEntry} from './rows.ts'
import {damagedError, verifyBackup, type Verification} from './verify.ts'

/** Taking backups, and finding out whether they are worth anything. */
export interface MakingOps {
  /** Takes one: streamed, compressed, encrypted, with its manifest. Raises `backup/failed`; nothing is left then. */
  create(purpose?: 'regular' | 'safety'): Promise<BackupEntry>
  /** Reads one to its end and records the result beside it. A bad one is a result, not an error. */
  verify(id: string): Promise<Verification>
  /** The same, but a bad one raises `backup/damaged` with its fault by name. */
  requireSound(id: string): Promise<Verification>
}

export function createMakingOps(context: OpsContext): MakingOps {
  const {source, catalog, tools} = context

  async function verify(id: string): Promise<Verification> {
    if (tools.dryRun && id === DRY_ID) return unread
    const found = await catalog.manifest(id, tools.signal)
    const verification = await verifyBackup({
      storage: catalog.storage,
      found,
      identity: context.access.hasIdentity() ? await context.access.identity() : undefined,
      method: context.method,
      signal: tools.signal,
      progress: (done, total) => tools.progress(done, total, 'bytes'),
      now: () => tools.clock.monotonic(),
    })
    // It says something about the identity at hand, nothing about the backup, whose stored bytes are as written.
    if (verification.fault === 'wrong key') {
      tools.log(`backup ${id}: not recorded: ${verification.reason}`)
      return verification
    }
    const record = {
      v: 1,
      manifest: found.digest,
      at: tools.clock.now(),
      ok: verification.ok,
      level: verification.level,
      fault: verification.fault ?? '',
      reason: verification.reason,
      durationMs: Math.round(verification.durationMs),
      modifiedMs: verification.modifiedMs,
      run: tools.run === '' ? null : tools.run,
    } as const
    await tools.act(
      `record the verification of backup ${id}`,
      signal => catalog.writeRecord(id, 'verified', record, signal),
      undefined,
    )
    tools.log(
      `backup ${id}: ${verification.fault === undefined ? '' : `${verification.fault}: `}${verification.reason}`,
    )
    return verification
  }

  return {
    verify,
    async create(purpose = 'regular') {
      const make = async (signal: AbortSignal): Promise<string> =>
        (await createBackup({source, catalog, method: context.method, purpose, tools: {...tools, signal}})).id
      const id = await tools.act(await describeCreate(source, context.method), make, undefined)
      const entry = (await catalog.list(tools.signal)).find(candidate => candidate.id === id)
      if (entry?.clockSkewMs !== undefined)
        tools.log(
          `warning: ${skewWords(entry.clockSkewMs)}, so backup ${id} may be dated wrongly; set the clocks right`,
        )
      return entry ?? printed(tools.clock.now())
    },
    async requireSound(id) {
      const verification = await verify(id)
      if (!verification.ok) throw damagedError(id, verification)
      return verification
    },
  }
}

const DRY_ID = 'dry-run'

const unread: Verification = {
  ok: true,
  level: 'checksum',
  fault: undefined,
  reason: 'dry run: there is nothing to read',
  durationMs: 0,
  modifiedMs: 0,
}

/** What a dry run gets for a backup that was not taken. */
const printed = (now: number): BackupEntry => ({
  id: DRY_ID,
  takenAt: now,
  finishedAt: now,
  durationMs: 0,
  databaseBytes: 0,
  storedBytes: 0,
  sizeChange: undefined,
  state: 'unchecked',
  reason: 'dry run: nothing was taken',
  encrypted: true,
  verifiedAt: undefined,
  restoreTestedAt: undefined,
  held: false,
  run: undefined,
})
