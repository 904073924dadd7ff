import {readdirSync} from 'node:fs'
import {registerHooks} from 'node:module'
import path from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {messageOf, OpsError} from '../errors.ts'
import type {Runbook} from './define.ts'
import {type ModuleWatch, openModuleWatch, type RunbookCode, sha256} from './module-watch.ts'
import {namedFiles} from './named-imports.ts'
import {describeParams} from './params.ts'
import {placeOfFailure} from './place-of-failure.ts'
import {requireRunbook} from './strict.ts'
import type {RunbookRow} from './rows.ts'
import {readBounded, readBoundedText, requireBounded} from '../files/bounded-file.ts'

export interface RunbookDirectory {
  readonly path: string
  readonly shipped: boolean
}

/** A runbook with the file it came from. */
export interface LoadedRunbook {
  readonly runbook: Runbook
  readonly file: string
  /** SHA-256 of the file's bytes. */
  readonly hash: string
  /** All that it is made of, as far as it has been loaded by now. Left out: nobody saw it load. */
  readonly code?: () => RunbookCode
}

/** One file of a runbook. */
export interface RunbookSource {
  readonly file: string
  readonly text: string
}

/** Where the program keeps what runbooks build on: TypeScript in a checkout that is not built, JavaScript otherwise. */
export interface ProgramHome {
  /** Directory of the shipped runbooks. */
  readonly runbooks: string
  /** What `import … from 'opsconsole'` loads. */
  readonly apiUrl: string
}

/**
 * Lets runbooks anywhere on disk write `import {runbook} from 'opsconsole'`, and include a shipped one with
 * `import backup from 'opsconsole/runbooks/backup'`. Once a process. `admit` is asked for each file that is not the
 * program's own before it is read, and raises where somebody else may have written it.
 */
export function provideApi({apiUrl, runbooks}: ProgramHome, admit: (file: string) => void): ModuleWatch {
  const apiFile = fileURLToPath(apiUrl)
  const ours = installation(apiFile)
  return openModuleWatch({program: path.dirname(apiFile), runbooks}, watch => {
    registerHooks({
      resolve: (specifier, context, next) => {
        if (specifier === 'opsconsole') return {url: apiUrl, shortCircuit: true}
        const name = /^opsconsole\/runbooks\/([a-z0-9-]+)$/.exec(specifier)?.[1]
        const shipped = name === undefined ? undefined : findRunbooks([{path: runbooks, shipped: true}]).get(name)
        const restored = watch.restoredUrl(specifier, context.parentURL)
        if (restored !== undefined) {
          watch.resolved(context.parentURL, restored)
          return {url: restored, shortCircuit: true}
        }
        const found = shipped ? {url: pathToFileURL(shipped.file).href, shortCircuit: true} : next(specifier, context)
        watch.resolved(context.parentURL, found.url)
        const file = found.url.startsWith('file:') ? fileURLToPath(found.url) : undefined
        if (file !== undefined && !file.startsWith(ours)) {
          admit(file)
          requireBounded(file, MOST_MODULE_BYTES)
        }
        return found
      },
    })
  })
}

/** A package may be one large file. */
const MOST_MODULE_BYTES = 256 << 20

/** Where the program is, with the packages that were installed beside it. */
function installation(apiFile: string): string {
  const packages = `${path.sep}node_modules${path.sep}`
  const beside = apiFile.indexOf(packages)
  return beside >= 0 ? apiFile.slice(0, beside + packages.length) : path.join(path.dirname(apiFile), '..', path.sep)
}

const FILE = /^([a-z0-9][a-z0-9-]*)\.(?:ts|mts|js|mjs)$/

/** Files by runbook name; a file of your own stands before a shipped one of the same name. */
export function findRunbooks(
  directories: readonly RunbookDirectory[],
): ReadonlyMap<string, {readonly file: string; readonly shipped: boolean}> {
  const found = new Map<string, {readonly file: string; readonly shipped: boolean}>()
  for (const {path: directory, shipped} of directories) {
    for (const entry of listFiles(directory)) {
      const name = FILE.exec(entry)?.[1]
      if (name === undefined || entry.includes('.test.') || found.has(name)) continue
      found.set(name, {file: path.join(directory, entry), shipped})
    }
  }
  // By their bytes: a comparison by language would load its tables first, at the start of each command.
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function listFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

/** Loads one file. Node itself takes the types out of TypeScript. Raises `runbook/invalid` with the file. */
export async function loadRunbook(file: string, watch?: ModuleWatch): Promise<LoadedRunbook> {
  const hash = sha256(textOf(file, watch))
  watch?.listen()
  let module: {readonly default?: unknown}
  try {
    module = (await import(`${pathToFileURL(file).href}?${hash.slice(0, 16)}`)) as {readonly default?: unknown}
  } catch (cause) {
    if (cause instanceof OpsError && cause.code === 'runbook/changed') throw cause
    throw new OpsError('runbook/invalid', `${placeOfFailure(file, cause)} does not load: ${messageOf(cause)}`, {
      cause,
      hint: 'Runbooks are plain TypeScript without enums, namespaces or parameter properties.',
    })
  }
  const runbook = module.default as Partial<Runbook> | undefined
  if (runbook?.kind !== 'runbook')
    throw new OpsError('runbook/invalid', `${file} has no runbook as its default export`, {
      hint: "Write `export default runbook({...})` with `import {runbook} from 'opsconsole'`.",
    })
  requireRunbook(runbook, file)
  const expected = path.basename(file).replace(/\.[^.]+$/, '')
  if (runbook.name !== expected)
    throw new OpsError(
      'runbook/invalid',
      `${file} names its runbook ${JSON.stringify(runbook.name)}, which should be the file's name, ${JSON.stringify(expected)}`,
    )
  if (typeof runbook.plan !== 'function' || !runbook.danger || !runbook.summary)
    throw new OpsError('runbook/invalid', `${file} lacks one of summary, danger, plan`)
  return {runbook: runbook as Runbook, file, hash, ...(watch ? {code: () => watch.codeOf(file)} : {})}
}

function textOf(file: string, watch: ModuleWatch | undefined): Uint8Array {
  const restored = watch?.restoredText(file)
  if (restored !== undefined) return Buffer.from(restored)
  try {
    return readBounded(file)
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new OpsError(
      'runbook/invalid',
      missing ? `there is no file ${file}` : `${file} cannot be read: ${messageOf(cause)}`,
      {cause},
    )
  }
}

/** Raises `runbook/unknown` with the names there are. */
export function runbookFile(directories: readonly RunbookDirectory[], name: string): string {
  const found = findRunbooks(directories)
  const entry = found.get(name)
  if (!entry)
    throw new OpsError('runbook/unknown', `there is no runbook ${JSON.stringify(name)}`, {
      hint: `There are: ${[...found.keys()].join(', ') || 'none'}.`,
    })
  return entry.file
}

/**
 * Every runbook as a row; one that does not load says why instead of hiding. All at once, or in turn with a way to load
 * that can tell which of them hangs.
 */
export async function listRunbooks(
  directories: readonly RunbookDirectory[],
  modules: Pick<ModuleWatch, 'begin'> | undefined,
  loadInTurn?: (file: string) => Promise<LoadedRunbook>,
): Promise<readonly RunbookRow[]> {
  modules?.begin()
  const found = [...findRunbooks(directories)].map(([name, where]) => ({name, ...where}))
  if (!loadInTurn) return Promise.all(found.map(each => toRow(each, loadRunbook)))
  const rows: RunbookRow[] = []
  for (const each of found) rows.push(await toRow(each, loadInTurn))
  return rows
}

type Found = Pick<RunbookRow, 'name' | 'file' | 'shipped'>

async function toRow(found: Found, load: (file: string) => Promise<LoadedRunbook>): Promise<RunbookRow> {
  try {
    const {runbook} = await load(found.file)
    const {summary, danger, description = ''} = runbook
    return {...found, summary, description, danger, problem: undefined, params: await describeParams(runbook)}
  } catch (error) {
    return brokenRow(found, messageOf(error))
  }
}

/** Every runbook there is as one that could not be looked at, for the same reason. */
export const brokenRunbooks = (directories: readonly RunbookDirectory[], problem: string): readonly RunbookRow[] =>
  [...findRunbooks(directories)].map(([name, where]) => brokenRow({name, ...where}, problem))

const brokenRow = (found: Found, problem: string): RunbookRow => ({
  ...found,
  summary: 'cannot be loaded',
  description: '',
  danger: 'safe',
  problem,
  params: [],
})

/** Changes when a runbook file comes, goes or is edited. Runs none of their code. */
export function runbooksFingerprint(directories: readonly RunbookDirectory[]): string {
  return [...findRunbooks(directories).values()].map(({file}) => `${file} ${fingerprint(file)}`).join('\n')
}

function fingerprint(file: string): string {
  try {
    const text = readBoundedText(file)
    return [text, ...namedFiles(file, text).map(each => readBoundedText(each))].map(hashOf).join(' ')
  } catch (error) {
    return messageOf(error)
  }
}

const hashOf = (text: string): string => sha256(Buffer.from(text))
