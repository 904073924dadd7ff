import {promisify} from 'node:util'

/** What Node has loaded by itself before the program begins: nothing is won by waiting. */
const THERE = new Set(['node:fs', 'node:path', 'node:url', 'node:module', 'node:process', 'node:buffer', 'node:events'])
const IMPORT = /^import (?:(\w[\w$]*)(?:, )?)?(?:\* as ([\w$]+)|\{ ?([^}]*?) ?\})? from "(node:[\w/]+)";$/gm

/**
 * Takes Node's own modules with `getBuiltinModule`, and functions of those that are not there yet at their first call. An
 * `import` asks such a module for all that it exports, at which `node:fs` loads streams, promises and readline; and what is
 * imported at the top of a file is loaded by each command that has one function of that file. Lines stay where they are, for
 * the source maps.
 */
export function nodeOnDemand(code: string): string {
  const found = code.replace(IMPORT, (_line, main?: string, all?: string, list?: string, module = '') =>
    [
      ...[main, all].flatMap(name => (name === undefined ? [] : [`const ${name} = ${moduleAt(module)};`])),
      ...(list === undefined ? [] : named(list, module)),
    ].join(' '),
  )
  const left = /^.*\bfrom "node:.*$/m.exec(found)
  if (left) throw new Error(`an import of Node's that the build does not know: ${left[0]}`)
  return found
}

const moduleAt = (module: string): string => `globalThis.process.getBuiltinModule(${JSON.stringify(module)})`

function named(list: string, module: string): readonly string[] {
  const exported = process.getBuiltinModule(module) as Readonly<Record<string, unknown>>
  const names = list.split(', ').map(each => each.split(' as ')) as [string, string?][]
  const waits = ([name]: [string, string?]): boolean => !THERE.has(module) && isPlainFunction(name, exported[name])
  const now = names.filter(each => !waits(each)).map(([name, as]) => (as ? `${name}: ${as}` : name))
  return [
    ...(now.length > 0 ? [`const {${now.join(', ')}} = ${moduleAt(module)};`] : []),
    ...names
      .filter(waits)
      // As hoisted as the import was, and looked up once.
      .map(
        ([name, as = name]) =>
          `var _${as}; function ${as}(...given) { return (_${as} ??= ${moduleAt(module)}.${name})(...given); }`,
      ),
  ]
}

/** One that is only ever called: no class, and nothing hangs on it. */
function isPlainFunction(name: string, value: unknown): boolean {
  if (typeof value !== 'function' || !/^[a-z]/.test(name)) return false
  return !Object.hasOwn(value, promisify.custom) && Object.keys(value).length === 0
}
