import {statSync} from 'node:fs'
import {type ConfigSource, findConfigFile} from './find.ts'
import {loadConfig} from './load.ts'
import type {Config} from './schema.ts'

/**
 * The configuration as its file is now: read again only when the file has changed since, which costs one stat to see.
 * Raises what loading raises, also when a file that was good is not any more.
 */
export function openCurrentConfig(source: ConfigSource): () => Config {
  let known: {readonly config: Config; readonly print: string} | undefined
  return () => {
    const file = known?.config.file ?? findConfigFile(source)
    // Taken before it is read: what changes meanwhile is seen the next time.
    const print = printOf(file)
    if (known?.print !== print) known = {config: loadConfig({...source, file}), print}
    return known.config
  }
}

/** Differs when the file was written, replaced, or given to somebody else. */
export function printOf(file: string): string {
  const stat = statSync(file, {bigint: true, throwIfNoEntry: false})
  return stat ? `${stat.ino}/${stat.size}/${stat.mtimeNs}/${stat.ctimeNs}` : 'gone'
}
