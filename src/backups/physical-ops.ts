import {DRY_ID, dryEntry, dryVerification} from './dry-entry.ts'
import type {OpsContext} from './context.ts'
import type {BackupRepository, PhysicalKind} from './methods/repository.ts'
import type {MakingOps} from './making.ts'
import {digestOf} from './physical-catalog.ts'
import {OpsError} from '../errors.ts'
import {damagedError} from './verify.ts'
import type {Verification} from './verification.ts'

/** The same as `createMakingOps`, where the method keeps its copies itself. */
export function createPhysicalMakingOps(context: OpsContext, repository: BackupRepository): MakingOps {
  const {tools, catalog} = context

  async function verify(id: string): Promise<Verification> {
    if (tools.dryRun && id === DRY_ID) return dryVerification
    const begun = tools.clock.monotonic()
    const manifest = await digestOf(repository, id, tools.signal)
    const verdict = await repository.verify(id, tools.signal)
    const durationMs = Math.round(tools.clock.monotonic() - begun)
    const record = {
      v: 1,
      manifest,
      at: tools.clock.now(),
      ok: verdict.ok,
      level: 'full',
      fault: verdict.fault ?? '',
      reason: verdict.reason,
      durationMs,
      modifiedMs: 0,
      run: tools.run === '' ? null : tools.run,
    } as const
    await tools.act(
      `record the verification of backup ${id}`,
      signal => catalog.writeRecord(id, 'verified', record, signal),
      undefined,
    )
    tools.log(`backup ${id}: ${verdict.fault === undefined ? '' : `${verdict.fault}: `}${verdict.reason}`)
    return {...verdict, level: 'full', durationMs, modifiedMs: 0}
  }

  return {
    verify,
    async create(purpose = 'regular', kind = 'incr') {
      const annotations = {purpose, ...(tools.run === '' ? {} : {run: tools.run})}
      const possible = await possibleKind(kind)
      const id = await tools.act(
        repository.takeCommand(possible),
        signal => repository.take(possible, annotations, signal),
        DRY_ID,
      )
      if (tools.dryRun) return dryEntry(tools.clock.now())
      const entry = (await catalog.list(tools.signal)).find(candidate => candidate.id === id)
      if (entry !== undefined) return entry
      throw new OpsError('backup/failed', `backup ${id} is gone from the repository again`)
    },
    async requireSound(id) {
      const verification = await verify(id)
      if (!verification.ok) throw damagedError(id, verification)
      return verification
    },
  }

  /** pgBackRest makes a full one where there is nothing to build on, so that is what is recorded. */
  async function possibleKind(kind: PhysicalKind): Promise<PhysicalKind> {
    const {backups} = await repository.read(tools.signal)
    return backups.some(backup => backup.kind === 'full') ? kind : 'full'
  }
}
