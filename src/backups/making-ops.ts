import type {OpsContext} from './context.ts'
import {createBackup, describeCreate} from './create.ts'
import {DRY_ID, dryEntry, dryVerification} from './dry-entry.ts'
import type {MakingOps} from './making.ts'
import {createPhysicalMakingOps} from './physical-ops.ts'
import {skewWords} from './moment.ts'
import {damagedError, verifyBackup} from './verify.ts'
import type {Verification} from './verification.ts'

export function createMakingOps(context: OpsContext): MakingOps {
  const {source, catalog, tools} = context
  if (source.backup.method === 'pgbackrest' && context.method.repository !== undefined)
    return createPhysicalMakingOps(context, context.method.repository)

  async function verify(id: string): Promise<Verification> {
    if (tools.dryRun && id === DRY_ID) return dryVerification
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
      return entry ?? dryEntry(tools.clock.now())
    },
    async requireSound(id) {
      const verification = await verify(id)
      if (!verification.ok) throw damagedError(id, verification)
      return verification
    },
  }
}
