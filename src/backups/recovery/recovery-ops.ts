import type {OpsContext} from '../context.ts'
import type {ScratchServer} from '../scratch.ts'
import type {RecoveryPlan} from './plan.ts'
import {noteRestored} from './note-restored.ts'
import {repositoryOf} from './parts.ts'
import {planRecovery} from './plan-recovery.ts'
import {proveRecovered, type RecoveryProof, type Wanted} from './prove-recovered.ts'
import {planServer, recover, type Recovered} from './recover.ts'
import {parseTables} from '../tables/table-name.ts'
import {parseTarget, type TargetWords} from './target.ts'

/** Bringing a whole cluster back as it was at a moment, on a server of its own. */
export interface RecoveryOps {
  /**
   * How, without a lock and without a change. Raises `backup/window` when the archive cannot reach it, `backup/unfit` when
   * there is no room, `usage/arguments` for a backup that knows single moments only.
   */
  recoveryPlan(target: TargetWords): Promise<RecoveryPlan>
  /** Where the isolated server will be. Nothing is made yet. */
  planRecovered(): Promise<ScratchServer>
  /** Restores, replays, and waits until it is open. Raises `backup/damaged`, `backup/restore`. Live directories stay untouched. */
  recover(plan: RecoveryPlan, server: ScratchServer): Promise<Recovered>
  /**
   * Reads every row of the configured database in it and asks the declared checks; or every row of these tables alone. Tables
   * and indexes of which files were `removed` are named.
   * Raises `backup/mismatch`, and `usage/arguments` for a table that was not there then.
   */
  proveRecovered(server: ScratchServer, wanted?: Wanted): Promise<RecoveryProof>
  /** Records beside the backup that it was brought back, and how long that took. */
  noteRecovered(
    plan: RecoveryPlan,
    server: ScratchServer,
    proof: RecoveryProof & {readonly tookMs: number},
  ): Promise<void>
}

export function createRecoveryOps(context: OpsContext): RecoveryOps {
  return {
    async recoveryPlan(words) {
      // What such a backup cannot do precedes how it would be asked.
      repositoryOf(context)
      if (words.table !== undefined) parseTables(words.table)
      return planRecovery(context, parseTarget(words))
    },
    planRecovered: () => planServer(context),
    recover: (plan, server) => recover(context, plan, server),
    proveRecovered: (server, wanted = {}) => proveRecovered(context, server, wanted),
    noteRecovered: (plan, server, {ok, reason, tables, rows, tookMs}) =>
      noteRestored(context, plan, {ok, reason, into: server.directory, tables, rows, durationMs: tookMs}),
  }
}
