import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'

/**
 * Every file below a directory, with its bytes. One that is gone before it is read is left out: a process that just ends
 * takes the files of SQLite with it.
 */
export function keptFiles(directory: string): readonly {readonly file: string; readonly bytes: Buffer}[] {
  return readdirSync(directory, {recursive: true, withFileTypes: true}).flatMap(entry => {
    if (!entry.isFile()) return []
    const file = path.join(entry.parentPath, entry.name)
    try {
      return [{file, bytes: readFileSync(file)}]
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  })
}
