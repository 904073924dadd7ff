import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'

export const ROOT = path.resolve(import.meta.dirname, '../..')

export interface Import {
  /** Path from the root for our own files, else the specifier. */
  readonly target: string
  readonly own: boolean
  /** `import type` or `export type`: gone at run time. */
  readonly typeOnly: boolean
  readonly dynamic: boolean
}

export interface Source {
  /** Path from the root: `src/alerts/rule.ts`. */
  readonly file: string
  readonly text: string
  readonly lines: number
  readonly imports: readonly Import[]
}

const STATIC = /^\s*(?:import|export)\s+(?<type>type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?'(?<from>[^'\n]+)'/gm
const DYNAMIC = /\bimport\(\s*'(?<from>[^'\n]+)'/g

export const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file)

/** Every file of ours under the given folders, with its imports. */
export function readSources(...folders: readonly string[]): Source[] {
  const files = globSync(
    folders.map(folder => `${folder}/**/*.{ts,tsx,mjs}`),
    {cwd: ROOT},
  ).sort()
  return files.map(file => {
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    const code = text
      .replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ' '))
      .replace(/^\s*\/\/.*$/gm, '')
    const imports = [
      ...[...code.matchAll(STATIC)].map(match => resolveImport(file, match, false)),
      ...[...code.matchAll(DYNAMIC)].map(match => resolveImport(file, match, true)),
    ]
    return {file, text: code, lines: text.split('\n').length - 1, imports}
  })
}

function resolveImport(file: string, match: RegExpExecArray, dynamic: boolean): Import {
  const from = match.groups?.['from'] ?? ''
  const own = from.startsWith('.')
  const target = own ? path.join(path.dirname(file), from) : from
  return {target, own, typeOnly: !dynamic && Boolean(match.groups?.['type']), dynamic}
}

/** The room a file of `src` belongs to: its folder, or for files at the top their own name. */
export function roomOf(file: string): string {
  const [, first = ''] = file.split('/')
  return first.replace(/\.tsx?$/, '')
}
