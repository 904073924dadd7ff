import {readFileSync} from 'node:fs'
import path from 'node:path'
import type {Metafile, Plugin} from 'esbuild'
import {ROOT} from './files.ts'

/**
 * Puts what every command loads into one file. A bundler that splits makes a file of each set of modules that the same
 * entries reach, and everything loaded on demand is an entry: what all commands need would be sixty files, a quarter of a
 * millisecond each at every start. So each such entry is made to reach all of the core, which is there before it anyway.
 */
export function withCore(core: string, {inputs}: Metafile): Plugin {
  const inCore = reachableFrom(core, inputs)
  const onDemand = new Set(
    Object.values(inputs).flatMap(({imports}) =>
      imports.filter(({kind, external}) => kind === 'dynamic-import' && external !== true).map(({path: to}) => to),
    ),
  )
  const entries = new Set(
    [...onDemand].filter(file => file.startsWith('src/') && !inCore.has(file)).map(file => path.join(ROOT, file)),
  )
  return {
    name: 'with-core',
    setup(bundle) {
      bundle.onLoad({filter: /[\\/]src[\\/].*\.tsx?$/}, ({path: file}) => {
        if (!entries.has(file)) return undefined
        const contents = `${readFileSync(file, 'utf8')}\nimport ${JSON.stringify(path.join(ROOT, core))}\n`
        return {contents, loader: file.endsWith('x') ? 'tsx' : 'ts'}
      })
    },
  }
}

/** A module and all that it imports, directly or not, without what is loaded on demand. */
function reachableFrom(start: string, inputs: Metafile['inputs']): ReadonlySet<string> {
  const found = new Set([start])
  for (const file of found)
    for (const {path: to, kind} of inputs[file]?.imports ?? []) if (kind !== 'dynamic-import') found.add(to)
  return found
}
