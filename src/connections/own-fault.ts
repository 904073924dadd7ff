import {OpsError} from '../errors.ts'
import {innermost} from './reason.ts'

/** What this host lacks, or has run out of. */
const HERE: ReadonlySet<string | undefined> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOBUFS',
  'EADDRNOTAVAIL',
  'ENETDOWN',
  'ENETUNREACH',
])
/** A secret that cannot be read, a program that is not installed. */
const MISSING: ReadonlySet<string> = new Set(['config/secret', 'process/missing'])

/**
 * Whether it went wrong on this side before anything was asked: a missing variable, a missing program, a file that cannot
 * be read, no network here. It says nothing about the target.
 */
export function isOwnFault(thrown: unknown): boolean {
  if (thrown instanceof OpsError && MISSING.has(thrown.code)) return true
  const cause = innermost(thrown instanceof OpsError ? (thrown.cause ?? thrown) : thrown)
  const {code, syscall} = (cause ?? {}) as NodeJS.ErrnoException
  return HERE.has(code) || (syscall !== undefined && (syscall === 'open' || syscall.startsWith('spawn')))
}
