import {stat} from 'node:fs/promises'
import {readBoundedSoon} from '../../files/bounded-file.ts'

export interface PasswordKey {
  /** A socket in the default directory is `localhost`. */
  readonly host: string
  readonly port: string
  readonly database: string
  readonly user: string
}

/** What a password file has for a session: the password, or why the file does not count. */
export interface FiledPassword {
  readonly password?: string
  readonly ignored?: string
}

/** ~/.pgpass or the file of PGPASSFILE. As for libpq, a file that others may read does not count. */
export async function readPasswordFile(file: string, key: PasswordKey): Promise<FiledPassword> {
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) return {}
  if (!found.isFile()) return {ignored: `password file ${file} is not a regular file`}
  if ((found.mode & 0o077) !== 0) return {ignored: `password file ${file} is ignored: others may read it (chmod 0600)`}
  const text = await readBoundedSoon(file).then(String, () => undefined)
  if (text === undefined) return {ignored: `password file ${file} cannot be read`}
  const password = findPassword(text, key)
  return password === undefined ? {} : {password}
}

/** `host:port:database:user:password`, `*` for any, `\` before a `:` or `\` that is meant. The first match wins. */
export function findPassword(text: string, key: PasswordKey): string | undefined {
  const wanted = [key.host, key.port, key.database, key.user]
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r+$/, '')
    if (line.startsWith('#')) continue
    const fields = /^((?:[^:\\]|\\[^])*):((?:[^:\\]|\\[^])*):((?:[^:\\]|\\[^])*):((?:[^:\\]|\\[^])*):([^]*)$/.exec(line)
    if (fields === null) continue
    const matches = wanted.every((value, index) => {
      const field = fields[index + 1] ?? ''
      return field === '*' || unescape(field) === value
    })
    if (matches) return unescape(fields[5] ?? '')
  }
  return undefined
}

const unescape = (text: string): string => text.replaceAll(/\\([^])/g, '$1')
