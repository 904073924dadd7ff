import {createHash} from 'node:crypto'
import {existsSync, globSync, readFileSync, rmSync, statSync} from 'node:fs'
import path from 'node:path'
import {bundleProgram, CONSOLE_ENTRIES, ENTRIES, isEntry} from './bundle.ts'
import {declareTypes} from './declarations.ts'
import {licenceTexts} from './licences.ts'
import {DIST, ROOT, write} from './files.ts'
import {runbooksAsJavaScript} from './runbooks.ts'

const STAMP = path.join(DIST, '.stamp')
const SOURCES = ['src/**/*.{ts,tsx}', 'runbooks/*.ts', 'scripts/build/*.ts', 'package.json', 'package-lock.json']

/** Everything that is installed: starts fast, needs no packages and no TypeScript. */
export async function buildDist({onlyIfStale, clean}: {onlyIfStale: boolean; clean: boolean}): Promise<void> {
  const want = stamp()
  if (onlyIfStale && whole() && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === want) return
  if (clean) rmSync(DIST, {recursive: true, force: true})
  const [program, runbooks, types] = await Promise.all([bundleProgram(), runbooksAsJavaScript(), declareTypes()])
  rmSync(path.join(DIST, 'types'), {recursive: true, force: true})
  const files = new Map([...types, ...runbooks, ...program.files])
  files.set('THIRD-PARTY-LICENCES.txt', licenceTexts(program.packages))
  // Entries last: they name chunks that must be there by then. Old chunks stay for programs that are running.
  for (const [name, contents] of [...files].sort(([a], [b]) => Number(isEntry(a)) - Number(isEntry(b))))
    write(name, contents)
  write('.stamp', want)
}

const whole = (): boolean =>
  Object.keys({...ENTRIES, ...CONSOLE_ENTRIES}).every(name => existsSync(path.join(DIST, `${name}.mjs`)))

/** Changes whenever a source, the lock file or the build changes. */
function stamp(): string {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, {cwd: ROOT}).sort()) {
    if (/\.test\.tsx?$/.test(file)) continue
    const {mtimeMs, size} = statSync(path.join(ROOT, file))
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex')
}
