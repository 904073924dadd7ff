import {appendFileSync, closeSync, fstatSync, renameSync} from 'node:fs'
import path from 'node:path'
import {makeDirectory} from '../files/make-directory.ts'
import {openInMode} from '../files/modes.ts'
import type {Exec} from './exec.ts'
import {redactAnnounced} from '../text/redact.ts'
import type {Clock} from '../units/clock.ts'

/** One thing that happened, for whoever looks for a fault in this program. Never raises. */
export type DebugLog = (event: string, fields?: Readonly<Record<string, unknown>>) => void

/** Then the file becomes `debug.log.1` and a new one begins: two of them are all there is. */
const LARGEST_FILE = 4 << 20
const LONGEST_TEXT = 4 << 10

interface DebugLogOptions {
  readonly stateDir: string
  readonly clock: Clock
  readonly redact: (text: string) => string
}

/**
 * `debug.log` in the state directory, readable for its owner only, one JSON object a line, known secrets redacted.
 * Values of parameters and what commands print are never handed to it.
 */
export function openDebugLog({stateDir, clock, redact}: DebugLogOptions): DebugLog {
  const file = path.join(stateDir, 'debug.log')
  const short = (text: string): string => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text)
  const clean = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? short(redactAnnounced(redact(value))) : value
  return (event, fields = {}) => {
    try {
      const at = new Date(clock.now()).toISOString()
      const line = JSON.stringify({at, pid: process.pid, event, ...fields}, clean)
      makeDirectory(stateDir)
      const log = openInMode(file, 'a', 0o600)
      try {
        if (fstatSync(log).size > LARGEST_FILE) renameSync(file, `${file}.1`)
        appendFileSync(log, `${line}\n`)
      } finally {
        closeSync(log)
      }
    } catch {
      // Looking for a fault must not make another one.
    }
  }
}

/** An error with its causes, as plain data. */
export function errorFields(thrown: unknown): Readonly<Record<string, unknown>> {
  if (!(thrown instanceof Error)) return {error: String(thrown)}
  const {code} = thrown as {readonly code?: unknown}
  return {
    error: thrown.message,
    ...(typeof code === 'string' ? {code} : {}),
    stack: thrown.stack,
    ...(thrown.cause === undefined ? {} : {cause: errorFields(thrown.cause)}),
  }
}

/** Every program that is run, and how it ended. */
export const loggedExec =
  (exec: Exec, log: DebugLog): Exec =>
  async (argv, options) => {
    try {
      const result = await exec(argv, options)
      log('program', {argv, exitCode: result.exitCode, ms: Math.round(result.durationMs)})
      return result
    } catch (error) {
      log('program failed', {argv, ...errorFields(error)})
      throw error
    }
  }
