import {createHash} from 'node:crypto'
import {realpathSync} from 'node:fs'
import {registerHooks} from 'node:module'
import path from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {OpsError} from '../errors.ts'
import {namedFiles} from './named-imports.ts'
import {readBounded, readBoundedText} from '../files/bounded-file.ts'

/** A file that a runbook is made of. */
export interface RunbookFile {
  readonly file: string
  /** SHA-256 of its bytes. */
  readonly hash: string
}

/** What a runbook is made of, however it was imported. */
export interface RunbookCode {
  /** The runbook's own file first, the others by name: all that Node loaded, and what is named to be loaded later. */
  readonly files: readonly RunbookFile[]
  /** Packages that they import: their files are in no hash. */
  readonly packages: readonly string[]
}

/** Sees what is loaded by `import`, `import()` and `require`, once it listens. One a process, as Node's hooks are. */
export interface ModuleWatch {
  /** Runbooks may import from now on. Not before: until then no hook delays what the program itself loads. */
  begin(): void
  /** The same, and from now on it sees every module. */
  listen(): void
  resolved(parent: string | undefined, url: string): void
  codeOf(file: string): RunbookCode
  /** These files are loaded by this text from now on, whatever is there now. Only before the first of them is loaded. */
  restore(sources: readonly {readonly file: string; readonly text: string}[]): void
  /** Where an import leads that names a restored file. */
  restoredUrl(specifier: string, parent: string | undefined): string | undefined
  restoredText(file: string): string | undefined
  /** From now on a runbook may load these files and no others: others raise `runbook/changed` before any of them runs. */
  onlyAllow(files: readonly RunbookFile[]): void
}

/** Where the program is and its shipped runbooks, which may be within it. */
export interface ProgramPlace {
  readonly program: string
  readonly runbooks: string
}

const PACKAGES = `${path.sep}node_modules${path.sep}`

/** `begin` is called once, before the first runbook loads. */
export function openModuleWatch(place: ProgramPlace, begin: (watch: ModuleWatch) => void): ModuleWatch {
  const imports = new Map<string, Set<string>>()
  const hashes = new Map<string, string>()
  const kindOf = kinds(place)
  const programUrl = pathToFileURL(place.program + path.sep).href
  const restored = new Map<string, string>()
  let allowed: ReadonlyMap<string, string> | undefined
  let [begun, listening] = [false, false]
  const loaded = (url: string, source: unknown): void => {
    const file = fileOf(url)
    if (file === undefined || kindOf(file) !== 'runbook') return
    const hash = sha256(bytesOf(source) ?? readBounded(file))
    hashes.set(file, hash)
    if (allowed !== undefined && allowed.get(file) !== hash) throw notAllowed(file, allowed.has(file))
  }
  const watch: ModuleWatch = {
    begin: () => {
      if (begun) return
      begun = true
      begin(watch)
    },
    listen: () => {
      watch.begin()
      if (listening) return
      listening = true
      registerHooks({
        load: (url, context, next) => {
          const text = restored.get(fileOf(url) ?? '')
          if (text !== undefined) {
            loaded(url, text)
            return {format: formatOf(url), source: text, shortCircuit: true}
          }
          const found = next(url, context)
          if (url.startsWith('file:')) loaded(url, found.source)
          return found
        },
      })
    },
    resolved: (parent, url) => {
      if (parent === undefined || (parent.startsWith(programUrl) && !listening)) return
      const [from, to] = [fileOf(parent), fileOf(url)]
      if (from !== undefined && to !== undefined) imports.set(from, (imports.get(from) ?? new Set()).add(to))
    },
    restore: sources => {
      for (const {file, text} of sources) restored.set(file, text)
    },
    restoredText: file => restored.get(file),
    restoredUrl: (specifier, parent) => {
      if (restored.size === 0) return undefined
      const from = fileOf(parent ?? '')
      const local = /^\.{0,2}\//.test(specifier) && from !== undefined
      const url = local ? new URL(specifier, pathToFileURL(from)).href : specifier
      return restored.has(fileOf(url) ?? '') ? url : undefined
    },
    codeOf: given => {
      const main = restored.has(given) ? given : realpathSync(given)
      const [found, packages] = [new Set<string>(), new Set<string>()]
      const queue = [main]
      for (const file of queue) {
        if (found.has(file)) continue
        const kind = file === main ? 'runbook' : kindOf(file)
        if (kind === 'package') packages.add(packageOf(file))
        if (kind !== 'runbook') continue
        found.add(file)
        queue.push(...(imports.get(file) ?? []), ...(restored.has(file) ? [] : namedIn(file)))
      }
      const [, ...others] = [...found]
      const files = [main, ...others.sort()].map(file => ({file, hash: hashes.get(file) ?? sha256(readBounded(file))}))
      return {files, packages: [...packages].sort()}
    },
    onlyAllow: files => {
      allowed = new Map(files.map(({file, hash}) => [file, hash]))
    },
  }
  return watch
}

/** One hash over all files; of a single one its own. */
export function hashOfCode({files}: RunbookCode): string {
  const [main] = files
  if (files.length === 1 && main) return main.hash
  const from = path.dirname(main?.file ?? '')
  return sha256(Buffer.from(files.map(({file, hash}) => `${path.relative(from, file)} ${hash}\n`).join('')))
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What a file is: a runbook's, the program itself, which is what its version says, or a package. */
const kinds =
  ({program, runbooks}: ProgramPlace) =>
  (file: string): 'runbook' | 'program' | 'package' => {
    if (file.startsWith(runbooks + path.sep)) return 'runbook'
    if (file.startsWith(program + path.sep)) return 'program'
    return file.includes(PACKAGES) ? 'package' : 'runbook'
  }

const namedIn = (file: string): readonly string[] => namedFiles(file, readBoundedText(file))

const notAllowed = (file: string, listed: boolean): OpsError =>
  new OpsError(
    'runbook/changed',
    listed ? `${file} changed since the plan was shown` : `${file} is not among the files that the plan is made of`,
    {
      hint: listed
        ? 'Plan again.'
        : "Import it at the top of the runbook, or by its plain name, as in import('./lib/x.ts'): then the plan covers it.",
    },
  )

/** As Node decides it by the name. */
function formatOf(url: string): string {
  const ending = path.extname(fileOf(url) ?? '')
  if (ending === '.json') return 'json'
  if (ending === '.cjs') return 'commonjs'
  return ending.endsWith('ts') ? 'module-typescript' : 'module'
}

function fileOf(url: string): string | undefined {
  return url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : undefined
}

function bytesOf(source: unknown): Uint8Array | undefined {
  if (typeof source === 'string') return Buffer.from(source)
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  return source instanceof Uint8Array ? source : undefined
}

/** `zod` of `/srv/ops/node_modules/zod/index.js`. */
function packageOf(file: string): string {
  const [scope = '', name = ''] = file.slice(file.lastIndexOf(PACKAGES) + PACKAGES.length).split(path.sep)
  return scope.startsWith('@') ? `${scope}/${name}` : scope
}
