import {EXIT} from '../errors.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import type {RunRow} from '../runbooks/rows.ts'
import type {StoredRun} from './ports.ts'

/** What its journal does not tell, its request and its id do: where a damaged run belongs, and when it began. */
export function damagedRow(stored: Pick<StoredRun, 'id' | 'request'>, why: string): RunRow {
  const request = requestOf(stored)
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)-(..)(..)(..)-/.exec(stored.id) ?? []
  const startedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return {
    id: stored.id,
    runbook: `${request?.plan.runbook ?? ''} (damaged)`.trimStart(),
    environment: request?.environment ?? '?',
    actor: request?.actor.name ?? '?',
    ...(request && request.actor.loginUid === undefined ? {noLogin: true} : {}),
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

function requestOf(stored: Pick<StoredRun, 'request'>): RunRequest | undefined {
  try {
    return stored.request()
  } catch {
    return undefined
  }
}
