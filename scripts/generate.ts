/**
 * Writes the documents that are made from the code: `node scripts/generate.ts`. With `--check` it writes nothing and
 * exits 1 when one is stale.
 */
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Command} from '../src/commands/command.ts'
import {EXAMPLE, EXAMPLE_HEADER} from '../src/config/example.ts'
import {writeConfig} from '../src/config/write.ts'
import {commandsPage} from './documents/commands.ts'
import {configurationPage, configurationSchema} from './documents/configuration.ts'
import {errorsPage} from './documents/errors.ts'
import {type KeyTables, keysPage} from './documents/keys.ts'
import {manPage} from './documents/man.ts'
import {NOTICE} from './documents/markdown.ts'
import {metricsPage} from './documents/metrics.ts'

const ROOT = path.resolve(import.meta.dirname, '..')

/** A room that may not be there yet in a checkout under construction; the type checker tells of a missing one too. */
async function optional<T>(file: string): Promise<T | undefined> {
  const full = path.join(ROOT, file)
  return existsSync(full) ? ((await import(pathToFileURL(full).href)) as T) : undefined
}

/** Every generated document: its path from the root, and its text. */
export async function generateDocuments(): Promise<ReadonlyMap<string, string>> {
  const registry = await optional<{readonly allCommands: () => Promise<readonly Command[]>}>('src/commands/registry.ts')
  const commands = await registry?.allCommands().catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  })
  const keys = await optional<KeyTables>('src/tui/actions/keys.ts')
  return new Map([
    ...(commands ? [['docs/commands.md', NOTICE + commandsPage(commands)] as const] : []),
    ['docs/configuration.md', NOTICE + configurationPage()],
    ['docs/errors.md', NOTICE + errorsPage()],
    ['docs/example.opsconsole.yaml', writeConfig(EXAMPLE, {header: EXAMPLE_HEADER})],
    ...(keys ? [['docs/keys.md', NOTICE + keysPage(keys.keyTable(), keys.valueTable())] as const] : []),
    ['docs/metrics.md', NOTICE + (await metricsPage())],
    ['docs/opsconsole.schema.json', configurationSchema()],
    ...(commands ? [['man/opsconsole.1', manPage(commands, version())] as const] : []),
  ])
}

const version = (): string =>
  (JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {readonly version: string}).version

/** Paths of the documents whose text on disk is not what the code says. */
export function staleDocuments(documents: ReadonlyMap<string, string>): string[] {
  return [...documents.keys()].filter(file => {
    const full = path.join(ROOT, file)
    return !existsSync(full) || readFileSync(full, 'utf8') !== documents.get(file)
  })
}

if (import.meta.main) {
  const documents = await generateDocuments()
  const stale = staleDocuments(documents)
  for (const file of stale) {
    if (process.argv.includes('--check')) continue
    mkdirSync(path.dirname(path.join(ROOT, file)), {recursive: true})
    writeFileSync(path.join(ROOT, file), documents.get(file) ?? '')
  }
  for (const file of stale) process.stdout.write(`${file}\n`)
  process.exitCode = process.argv.includes('--check') && stale.length > 0 ? 1 : 0
}
