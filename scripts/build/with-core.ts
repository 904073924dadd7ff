import {readFileSync} from 'node:fs'
import path from 'node:path'
import type {Metafile, Plugin} from 'esbuild'
import {ROOT} from './files.ts'

export interface Core {
  /** These, and all that they import. */
  readonly modules: readonly string[]
  /** The entry imports it, and loads none of it when it is asked for. */
  readonly atOnce?: boolean
  /** Other entries, which are never loaded without it. */
  readonly beside?: readonly string[]
}

/**
 * Puts what every command loads into one file. A bundler that splits makes a file of each set of modules that the same
 * entries reach, and everything loaded on demand is an entry: what all commands need would be sixty files, a quarter of a
 * millisecond each at every start. So each such entry is made to reach all of the core, which is there before it anyway.
 */
export function withCore({modules, atOnce = false, beside = []}: Core, {inputs}: Metafile): Plugin {
  const inCore = new Set(modules.flatMap(module => [...reachableFrom(module, inputs)]))
  const onDemand = new Set(
    Object.values(inputs).flatMap(({imports}) =>
      imports.filter(({kind, external}) => kind === 'dynamic-import' && external !== true).map(({path: to}) => to),
    ),
  )
  const entries = new Set([...onDemand, ...beside].filter(file => file.startsWith('src/') && !inCore.has(file)))
  const reached = modules.map(module => `import ${JSON.stringify(path.join(ROOT, module))}`)
  return {
    name: 'with-core',
    setup(bundle) {
      bundle.onLoad({filter: /[\\/]src[\\/].*\.tsx?$/}, ({path: file}) => {
        const source = readFileSync(file, 'utf8')
        const [text, imports] = atOnce ? withoutWaiting(source, file, inCore) : [source, []]
        const contents = [text, ...imports, ...(entries.has(path.relative(ROOT, file)) ? reached : [])].join('\n')
        return {contents, loader: file.endsWith('x') ? 'tsx' : 'ts'}
      })
    },
  }
}

/** Imports what the core has, where it was loaded when it was asked for. */
function withoutWaiting(
  source: string,
  file: string,
  inCore: ReadonlySet<string>,
): readonly [string, readonly string[]] {
  const imports: string[] = []
  const text = source.replace(/\bawait import\('(\.[^']+)'\)/g, (call, name: string) => {
    if (!inCore.has(path.relative(ROOT, path.resolve(path.dirname(file), name)))) return call
    return `there${imports.push(`import * as there${imports.length} from '${name}'`) - 1}`
  })
  return [text, imports]
}

/** A module and all that it imports, directly or not, without what is loaded on demand. */
function reachableFrom(start: string, inputs: Metafile['inputs']): ReadonlySet<string> {
  const found = new Set([start])
  for (const file of found)
    for (const {path: to, kind} of inputs[file]?.imports ?? []) if (kind !== 'dynamic-import') found.add(to)
  return found
}
