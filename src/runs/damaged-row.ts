import {EXIT} from '../errors.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import type {RunRow} from '../runbooks/rows.ts'
import {readRequest, runFiles} from '../store/runs/directory.ts'
import type {AppContext} from '../app/context.ts'

/** What its journal does not tell, its request and its id do: where a damaged run belongs, and when it began. */
export function damagedRow(context: AppContext, run: string, why: string): RunRow {
  const request = readRequestOf(context, run)
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)-(..)(..)(..)-/.exec(run) ?? []
  const startedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return {
    id: run,
    runbook: `${request?.plan.runbook ?? ''} (damaged)`.trimStart(),
    environment: request?.environment ?? '?',
    actor: request?.actor.name ?? '?',
    startedAt: Number.isNaN(startedAt) ? 0 : startedAt,
    endedAt: undefined,
    durationMs: undefined,
    usualMs: undefined,
    state: 'unknown',
    stepIndex: 0,
    stepCount: 0,
    stepTitle: '',
    reason: why,
    dryRun: request?.dryRun ?? false,
    exitCode: EXIT.unknown,
  }
}

function readRequestOf(context: AppContext, run: string): RunRequest | undefined {
  try {
    return readRequest(runFiles(context.stateDir, run))
  } catch {
    return undefined
  }
}
