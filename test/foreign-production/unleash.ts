import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, rename, rm, writeFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'

const SERVICE = 'unleash-server'
const cache = (): string =>
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'opsconsole-tests')

/** Directory with a version of the foreign service from the npm registry; it is kept, outside the repository, for the next time. */
export async function installUnleash(version: string): Promise<string> {
  const wanted = path.join(cache(), `${SERVICE}-${version}`)
  if (existsSync(wanted)) return wanted
  await mkdir(cache(), {recursive: true})
  const fresh = await mkdtemp(path.join(cache(), `.${SERVICE}-`))
  try {
    await writeFile(path.join(fresh, 'package.json'), '{"private": true}\n')
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
    await promisify(execFile)('npm', ['install', ...flags, `${SERVICE}@${version}`], {cwd: fresh, timeout: 180_000})
    // Whole or not at all; another test may have been faster.
    await rename(fresh, wanted).catch((error: unknown) => {
      if (!existsSync(wanted)) throw error
    })
    return wanted
  } catch (cause) {
    const {stderr = ''} = cause as {stderr?: string}
    throw new Error(
      `The foreign production needs ${SERVICE} ${version} from the npm registry, and npm could not install it. ` +
        `Is the registry reached from here? ${stderr.trim().split('\n').slice(0, 3).join(' | ')}`,
      {cause},
    )
  } finally {
    await rm(fresh, {recursive: true, force: true})
  }
}

/** Its program below that directory. */
export const UNLEASH_PROGRAM = `node_modules/${SERVICE}/dist/server.js`
