import {closeSync, writeSync} from 'node:fs'
import {messageOf, OpsError, toOpsError} from '../errors.ts'
import type {Actor} from '../identity/actor.ts'
import {escapeText} from '../text/escape.ts'
import {redactAnnounced} from '../text/redact.ts'
import {carryOut} from './carry-out.ts'
import type {RunsContext} from './context.ts'
import type {RunStore, StoredRun} from './ports.ts'
import {refusalText} from './refusal.ts'
import type {ResumeOrder} from './resume-tools.ts'
import {named} from '../identity/named.ts'
import {openInMode} from '../files/modes.ts'

/** How a runner was started. */
export interface RunnerOrder {
  readonly run: string
  readonly secrets: Readonly<Record<string, string>>
  /** Takes up a run whose runner died. */
  readonly resume: ResumeOrder | undefined
}

/** Where a runner begins: the rest of the program opens in the name of whoever the run belongs to. */
export interface RunnerStart {
  readonly runs: RunStore
  /** Undefined: whoever started this process. */
  readonly open: (actor: Actor | undefined) => RunsContext
}

/** The process of one run, in a session of its own. Resolves with the exit code; its journal tells everything else. */
export async function runRunner({runs, open}: RunnerStart, order: RunnerOrder): Promise<number> {
  const stored = runs.run(order.run)
  const asked = stored.request()
  // A resumed run is carried on in the name of whoever resumes it.
  const context = open(order.resume ? undefined : asked.actor)
  const request = {
    ...asked,
    actor: context.actor(),
    params: {...asked.params, ...order.secrets},
    ...(order.resume?.localLock === undefined ? {} : {localLock: order.resume.localLock}),
  }
  const resource = `run/${request.run}`
  let claimed = false
  try {
    const claim = context.locks().acquire({resource, run: request.run, actor: named(request.actor), reason: 'runner'})
    if ('refused' in claim) throw new OpsError('run/held', claim.why)
    claimed = true
    return await carryOut(context, stored, {request, resume: order.resume})
  } catch (error) {
    throw noteFailure(context, stored, error)
  } finally {
    try {
      if (claimed) context.locks().release(request.run, resource)
      context.close()
    } catch (error) {
      // Whatever ended the run counts, not that its traces could not be tidied up; a claim ends with its process.
      noteFailure(context, stored, error)
    }
  }
}

/** The runner's log is for whoever looks after it has gone: no secrets, and no failure of its own. */
function noteFailure(context: RunsContext, {log}: StoredRun, error: unknown): OpsError {
  const {code, hint} = toOpsError(error)
  const text = escapeText(redactAnnounced(context.redactor.redact(messageOf(error))), 20_000)
  try {
    const descriptor = openInMode(log, 'a')
    try {
      writeSync(descriptor, refusalText(context.clock.now(), {code, message: text, hint}))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // The disk is full: what the journal says must do.
  }
  return new OpsError(code, text, hint === undefined ? {} : {hint})
}
