import {messageOf, OpsError} from '../errors.ts'
import {escapeText} from '../text/escape.ts'

export interface Check {
  readonly name: string
  /** warning: works, but will hurt · skipped: cannot be told now. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped'
  /** What was found. */
  readonly detail: string
  /** What to do about it. */
  readonly fix?: string
}

export const ok = (name: string, detail: string): Check => ({name, status: 'ok', detail})
export const warning = (name: string, detail: string, fix: string): Check => ({name, status: 'warning', detail, fix})
export const failed = (name: string, detail: string, fix: string): Check => ({name, status: 'failed', detail, fix})
export const skipped = (name: string, detail: string): Check => ({name, status: 'skipped', detail})

/** A check that throws has failed; its error says what and how to fix it. */
export async function attempt(
  name: string,
  probe: () => Promise<readonly Check[]> | readonly Check[],
): Promise<readonly Check[]> {
  try {
    return await probe()
  } catch (error) {
    const fix = error instanceof OpsError ? error.hint : undefined
    return [{name, status: 'failed', detail: escapeText(messageOf(error)), ...(fix === undefined ? {} : {fix})}]
  }
}
