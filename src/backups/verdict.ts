import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {Verification} from './verification.ts'

/** What is said of one backup among many. */
export interface Verdict extends Omit<Verification, 'modifiedMs' | 'fault'> {
  readonly fault: string | undefined
}

const FAULTS: Readonly<Record<string, string>> = {
  'backup/damaged': 'damaged manifest',
  'backup/untrusted': 'not trusted',
  // Removed since the list was read, by a prune or a person.
  'backup/missing': 'missing',
}

/** A manifest that is not whole, planted or gone is a verdict on that backup, not an end to the others. */
export async function verdictOf(verify: (id: string) => Promise<Verification>, id: string): Promise<Verdict> {
  try {
    const {ok, level, fault, reason, durationMs} = await verify(id)
    return {ok, level, fault, reason, durationMs}
  } catch (error) {
    const fault = error instanceof OpsError ? FAULTS[error.code] : undefined
    if (fault === undefined) throw error
    return {ok: false, level: 'checksum', fault, reason: escapeLine(messageOf(error), 400), durationMs: 0}
  }
}
