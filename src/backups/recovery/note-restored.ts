import type {OpsContext} from '../context.ts'
import {digestOf} from '../physical-catalog.ts'
import {repositoryOf} from './parts.ts'
import type {RecoveryPlan} from './plan.ts'

/** What a restore found out about a backup, beside our other records of it. */
export async function noteRestored(
  context: OpsContext,
  {set}: RecoveryPlan,
  found: {ok: boolean; reason: string; into: string; tables?: number; rows?: number; durationMs?: number},
): Promise<void> {
  const {tools, catalog} = context
  const record = {
    v: 1,
    manifest: await digestOf(repositoryOf(context), set, tools.signal),
    at: tools.clock.now(),
    ok: found.ok,
    reason: found.reason,
    into: found.into,
    tables: found.tables ?? 0,
    rows: found.rows ?? 0,
    durationMs: found.durationMs ?? 0,
    run: tools.run === '' ? null : tools.run,
  } as const
  await tools.act(
    `record the restore of backup ${set}`,
    signal => catalog.writeRecord(set, 'restored', record, signal),
    undefined,
  )
}
