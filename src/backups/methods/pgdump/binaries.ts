import {constants} from 'node:fs'
import {access} from 'node:fs/promises'
import path from 'node:path'
import {OpsError} from '../../../errors.ts'

/** Where Debian, Red Hat and Homebrew put the programs of each major version. */
const PLACES = ['/usr/lib/postgresql/MAJOR/bin', '/usr/pgsql-MAJOR/bin', '/opt/homebrew/opt/postgresql@MAJOR/bin']
const NEWEST = 30

/**
 * A program of PostgreSQL that can work with a server of that major version: the same version if it is there, else the
 * next newer one (an older pg_dump refuses a newer server). Debian's wrapper in /usr/bin is the last choice: it costs
 * a tenth of a second. Raises `process/missing`.
 */
export async function findProgram(
  program: string,
  major: number,
  options: {readonly directory?: string | undefined; readonly exact?: boolean} = {},
): Promise<string> {
  const directories = options.directory === undefined ? [] : [options.directory]
  for (let version = major; version <= (options.exact === true ? major : NEWEST); version += 1)
    directories.push(...PLACES.map(place => place.replace('MAJOR', String(version))))
  if (options.exact !== true) directories.push(...searchPath())
  const found = await firstExecutable(directories, program)
  if (found !== undefined) return found
  throw new OpsError('process/missing', `${program} of PostgreSQL ${major} is not installed`, {
    hint: `Install the package postgresql${program.startsWith('pg_') ? '-client' : ''}-${major}.`,
  })
}

/** A program on PATH, or undefined. */
export const findOnPath = (program: string): Promise<string | undefined> => firstExecutable(searchPath(), program)

const searchPath = (): string[] => (process.env['PATH'] ?? '').split(':').filter(place => place.startsWith('/'))

async function firstExecutable(directories: readonly string[], program: string): Promise<string | undefined> {
  for (const directory of directories) {
    const file = path.join(directory, program)
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (usable) return file
  }
  return undefined
}
