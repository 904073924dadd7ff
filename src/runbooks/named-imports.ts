import {accessSync, constants, realpathSync, statSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'

const COMMENTS = String.raw`(?:\/\*[^]*?\*\/|\/\/[^\n]*\n|\s)*`
const IMPORT = new RegExp(
  String.raw`(?:\bfrom\b|\bimport\b|\brequire\b|\))${COMMENTS}\(?${COMMENTS}(['"${'`'}])((?:\.{1,2}\/|\/|file:)[^'"${'`'}\n$]+)\1`,
  'g',
)

/**
 * Files that a module names in full in an import of any kind. Only a forecast of what may be loaded later: it may find too
 * much, in a comment or a string. What is really loaded is for Node to say.
 */
const namedImports = (source: string): readonly string[] =>
  [...source.matchAll(IMPORT)].map(([, , specifier = '']) => specifier.replace(/[?#].*$/, ''))

/** The endings of what Node loads. */
const LOADABLE = /\.(?:[cm]?[jt]s|json|node|wasm)$/

/** Those of them that are there, each once. A directory, a device or a log that a text names is no part of a runbook. */
export const namedFiles = (file: string, source: string): readonly string[] => [
  ...new Set(
    namedImports(source)
      .map(specifier => fileNamed(specifier, path.dirname(file)))
      .filter(each => each !== undefined),
  ),
]

/** What is not there is named by the import itself, in better words. */
function fileNamed(specifier: string, from: string): string | undefined {
  if (!LOADABLE.test(specifier)) return undefined
  try {
    const named = realpathSync(specifier.startsWith('file:') ? fileURLToPath(specifier) : path.resolve(from, specifier))
    accessSync(named, constants.R_OK)
    return statSync(named).isFile() ? named : undefined
  } catch {
    return undefined
  }
}
