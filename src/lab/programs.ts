import {constants} from 'node:fs'
import {access, readdir} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {OpsError} from '../errors.ts'

const SYSTEM_DIRECTORIES = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin']
const POSTGRES_VERSIONS = '/usr/lib/postgresql'

/** Programs that the lab starts, and the Debian package that brings each. */
const PACKAGES: Readonly<Record<string, string>> = {
  haproxy: 'haproxy',
  initdb: 'postgresql',
  postgres: 'postgresql',
  'redis-server': 'redis-server',
}

/** Absolute path of a program on PATH or in the system's directories; raises `lab/tool-missing`. */
export async function findProgram(name: string): Promise<string> {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...SYSTEM_DIRECTORIES]
  for (const directory of directories) {
    const path = join(directory, name)
    if (await executable(path)) return path
  }
  throw missing(name)
}

/** How a missing program comes onto this machine. */
export const installHint = (name: string): string =>
  `On Debian: apt-get install --no-install-recommends ${PACKAGES[name] ?? name}`

/** Directory with initdb, postgres and pg_ctl: the newest version that Debian installed, else the one on PATH. */
export async function findPostgresBin(): Promise<string> {
  const versions = await readdir(POSTGRES_VERSIONS).catch(() => [])
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const bin = join(POSTGRES_VERSIONS, version, 'bin')
    if ((await executable(join(bin, 'initdb'))) && (await executable(join(bin, 'postgres')))) return bin
  }
  const found = await findProgram('initdb')
  return found.slice(0, found.lastIndexOf('/'))
}

function missing(name: string): OpsError {
  return new OpsError('lab/tool-missing', `The lab needs ${name}, which is not installed`, {hint: installHint(name)})
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
