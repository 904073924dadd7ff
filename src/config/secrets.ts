import path from 'node:path'
import {parseConnectionString} from '../connections/postgres/parse.ts'
import {needsEncoding, rawPassword} from '../connections/raw-password.ts'
import {messageOf, OpsError} from '../errors.ts'
import type {Exec} from '../processes/exec.ts'
import {isTooShortToRedact} from '../text/redact.ts'
import type {ResolveSecret, SecretRef} from './fields.ts'
import {readBoundedSoon} from '../files/bounded-file.ts'

/** A key, a token, a certificate chain. Anything longer is a wrong path. */
const MAX_SECRET_BYTES = 64 * 1024
const COMMAND_TIMEOUT_MS = 20_000

export interface SecretTools {
  readonly exec: Exec
  readonly env: Readonly<Record<string, string | undefined>>
  /** Relative files are looked for here: the directory of the configuration. */
  readonly cwd: string
  /** Told every secret before it is used anywhere, so that it is redacted from then on. */
  readonly remember: (value: string) => void
}

/**
 * Reads secrets at the moment they are needed. Raises `config/secret`; messages name where the secret should have come
 * from and never what was read.
 */
export function createSecretResolver(tools: SecretTools): ResolveSecret {
  return async ref => {
    const value = await readSecret(ref, tools)
    if (value === '') throw failed(`${secretSource(ref)} is empty`)
    for (const part of secretParts(value)) tools.remember(part)
    if (needsEncoding(value, parsedPassword(value)))
      throw failed(`the password in the URL of ${secretSource(ref)} needs percent-encoding`, {
        hint: 'In a password # is written %23, / is %2F and ? is %3F.',
      })
    return value
  }
}

/** Where a secret comes from, for people: `environment variable DATABASE_URL`. */
export function secretSource(ref: SecretRef): string {
  if (typeof ref === 'string') return 'the value in the configuration'
  if ('env' in ref) return `environment variable ${ref.env}`
  if ('file' in ref) return `file ${ref.file}`
  return `command ${ref.command[0] ?? ''}`
}

async function readSecret(ref: SecretRef, tools: SecretTools): Promise<string> {
  if (typeof ref === 'string') return ref
  if ('env' in ref) {
    const value = tools.env[ref.env]
    if (value === undefined)
      throw failed(`${secretSource(ref)} is not set`, {hint: `Set ${ref.env} before starting opsconsole.`})
    return value
  }
  if ('file' in ref) return readSecretFile(secretFile(ref.file, tools), ref)
  return readSecretCommand(ref, tools)
}

/** The absolute path of a secret's file. */
export function secretFile(written: string, {env, cwd}: Pick<SecretTools, 'env' | 'cwd'>): string {
  const home = env['HOME']
  return home && written.startsWith('~/') ? path.join(home, written.slice(2)) : path.resolve(cwd, written)
}

async function readSecretFile(file: string, ref: SecretRef): Promise<string> {
  try {
    return dropNewline((await readBoundedSoon(file, MAX_SECRET_BYTES)).toString('utf8'))
  } catch (cause) {
    throw failed(`${secretSource(ref)} cannot be read: ${messageOf(cause)}`, {cause})
  }
}

async function readSecretCommand(ref: {readonly command: string[]}, {exec, cwd}: SecretTools): Promise<string> {
  try {
    const {stdout} = await exec(ref.command, {cwd, timeoutMs: COMMAND_TIMEOUT_MS})
    return dropNewline(stdout)
  } catch (cause) {
    // No cause: it would carry the output of a program whose output is secret.
    const code = cause instanceof OpsError ? cause.code : 'error'
    const why = {'process/missing': 'is not installed', 'process/timeout': 'did not answer in time'}[code as string]
    throw failed(`${secretSource(ref)} ${why ?? 'failed'}`, {hint: 'Run the command by hand to see what it says.'})
  }
}

const dropNewline = (text: string): string => text.replace(/\r?\n$/, '')

/**
 * What must never be printed: the value, and the password of a URL in both spellings and as it was written, however it
 * is read. An address without a password is not secret, and people need to read it.
 */
export function secretParts(value: string): string[] {
  const known = parsedParts(value)
  const raw = rawPassword(value)
  return known.length === 0 && raw === undefined
    ? []
    : [...new Set([value, ...known, ...(raw ? [raw, decode(raw)] : [])])]
}

function parsedParts(value: string): string[] {
  const postgres = postgresPasswords(value)
  if (postgres !== undefined) return postgres
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return [value]
  const {password, searchParams} = new URL(value)
  const queried = [...searchParams].filter(([key]) => /pass|secret|token|key/i.test(key)).map(([, secret]) => secret)
  return [password, decode(password), ...queried].filter(part => part !== '')
}

/** The password that whoever connects will use; undefined when there is none, or the text is not an address. */
function parsedPassword(value: string): string | undefined {
  try {
    return parseConnectionString(value).password
  } catch {
    return URL.canParse(value) ? new URL(value).password : undefined
  }
}

/** Whether something of it is too short to be taken out of text by value. */
export const isTooShort = (value: string): boolean => secretParts(value).some(isTooShortToRedact)

/** Of `host=db password=...`, and of URLs that only PostgreSQL reads: several hosts, no host, a socket. */
function postgresPasswords(value: string): string[] | undefined {
  try {
    const {password, sslpassword} = parseConnectionString(value)
    const written = /^[a-z]+:\/\/[^:@/]*:([^@/]*)@/.exec(value)?.[1]
    const parts = [written, password, sslpassword, ...[password ?? '', sslpassword ?? ''].map(encodeURIComponent)]
    return parts.flatMap(part => part || [])
  } catch {
    return undefined
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function failed(message: string, options: {readonly hint?: string; readonly cause?: unknown} = {}): OpsError {
  return new OpsError('config/secret', message, options)
}
