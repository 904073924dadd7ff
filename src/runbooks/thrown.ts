import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {Runbook} from './define.ts'
import {lineOf} from './place-of-failure.ts'

export interface Authored {
  readonly loaded: {readonly file: string; readonly runbook: Pick<Runbook, 'name'>}
  readonly redact?: ((text: string) => string) | undefined
}

/**
 * Calls what the author of a runbook wrote. What it throws is its author's word, with its line, and no defect of this program:
 * `runbook/threw`. Errors that are ours, and mistakes that our own code makes when it is called, stay what they are.
 */
export async function callAuthored<T>(
  {loaded, redact = text => text}: Authored,
  call: () => T | Promise<T>,
): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (cause instanceof OpsError || cause instanceof DOMException) throw cause
    const {file, runbook} = loaded
    const stack = cause instanceof Error ? (cause.stack ?? '') : ''
    const place = lineOf(file, stack)
    if (cause instanceof Error && cause.constructor !== Error && !isOwn(file, stack)) throw cause
    throw new OpsError('runbook/threw', `${runbook.name}: ${escapeLine(redact(messageOf(cause)), 600)}`, {
      cause,
      hint: `Its own code says so while it is planned, at ${place ?? file}. Nothing was changed.`,
    })
  }
}

/** A TypeError, and others that nobody throws on purpose: whose it is, is told by the line that made it. */
const isOwn = (file: string, stack: string): boolean =>
  stack
    .split('\n')
    .find(line => /^\s+at /.test(line) && !line.includes('node:'))
    ?.includes(`file://${file}`) === true
