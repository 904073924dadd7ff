import {OpsError} from '../errors.ts'

/** `id=42,user=7`, or a JSON object of texts and numbers. Raises `usage/arguments`. */
export function readValues(text: string): Readonly<Record<string, string>> {
  const trimmed = text.trim()
  if (trimmed === '') return {}
  if (trimmed.startsWith('{')) return readObject(trimmed)
  return Object.fromEntries(
    trimmed.split(',').map(part => {
      const at = part.indexOf('=')
      if (at < 1) throw refused(part)
      return [part.slice(0, at).trim(), part.slice(at + 1)]
    }),
  )
}

function readObject(text: string): Readonly<Record<string, string>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw refused(text)
  }
  return Object.fromEntries(
    Object.entries(parsed as object).map(([name, value]: [string, unknown]) => {
      if (typeof value !== 'string' && typeof value !== 'number') throw refused(name)
      return [name, String(value)]
    }),
  )
}

const refused = (part: string): OpsError =>
  new OpsError(
    'usage/arguments',
    `values should be written like id=42,user=7 or {"id": "42"}, got ${JSON.stringify(part)}`,
  )
