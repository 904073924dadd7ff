import type {Change} from '../admission/change.ts'
import {OpsError} from '../errors.ts'
import type {ExecuteTools} from '../runbooks/execute-tools.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import {sleep} from '../units/clock.ts'
import {stepChange} from './changes.ts'
import type {RunsContext} from './context.ts'

/** A file that is being written is not taken for one that is wrong. */
const WRITTEN_WITHIN_MS = 2000
const READ_EVERY_MS = 100

/**
 * Asks the gate again, by the configuration as it is now: before a run touches anything, and before each of its steps.
 * A configuration that cannot be read lets nothing more happen. A refusal is in the trail.
 */
export const askGate =
  (context: RunsContext, request: RunRequest): ExecuteTools['whyNotAdmitted'] =>
  async step => {
    const change = stepChange(request, step)
    const deadline = context.clock.monotonic() + WRITTEN_WITHIN_MS
    for (;;) {
      try {
        context.gate.admit(change)
        return undefined
      } catch (error) {
        if (!(error instanceof OpsError)) throw error
        if (!error.code.startsWith('config/')) return error.message
        if (context.clock.monotonic() >= deadline) return refuseUnread(context, change, error)
      }
      await sleep(READ_EVERY_MS)
    }
  }

function refuseUnread(context: RunsContext, change: Change, {message}: OpsError): string {
  const reason = `the configuration cannot be read, so nobody can tell whether it may continue: ${message}`
  const {action, target, environment = '', run, step} = change
  context.audit().append({
    action,
    target,
    environment,
    phase: 'decision',
    outcome: 'refused',
    reason,
    ...(run === undefined ? {} : {run}),
    ...(step === undefined ? {} : {step}),
  })
  return reason
}
