import {mkdirSync, renameSync, writeFileSync} from 'node:fs'
import path from 'node:path'

export const ROOT = path.resolve(import.meta.dirname, '../..')
export const DIST = path.join(ROOT, 'dist')

/** What is made, by its name in dist. */
export type Files = ReadonlyMap<string, string | Uint8Array>

/** A reader sees the old file or the new one, never a part: a running console may load a chunk at any time. */
export function write(name: string, contents: string | Uint8Array): void {
  const file = path.join(DIST, name)
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(`${file}.${process.pid}.tmp`, contents)
  renameSync(`${file}.${process.pid}.tmp`, file)
}
