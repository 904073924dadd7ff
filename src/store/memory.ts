import {statSync} from 'node:fs'
import path from 'node:path'
import {readPlainText} from '../files/plain-file.ts'
import {writeDurably} from '../files/durable.ts'
import {makeDirectory} from '../files/make-directory.ts'
import type {Memory} from '../kinds/memory.ts'
import {stateError} from './state-error.ts'

/** `left/TARGET.json` in the state directory. Written by runs, under their locks; read by whoever watches. */
export function fileMemory(stateDir: string): Memory {
  const directory = path.join(stateDir, 'left')
  const fileOf = (target: string): string => path.join(directory, `${encodeURIComponent(target)}.json`)
  return {
    read(target) {
      try {
        return JSON.parse(readPlainText(fileOf(target))) as unknown
      } catch {
        return undefined
      }
    },
    writtenAt: target => statSync(fileOf(target), {throwIfNoEntry: false})?.mtimeMs,
    write(target, value) {
      try {
        makeDirectory(directory)
        writeDurably(fileOf(target), `${JSON.stringify(value, null, 1)}\n`)
      } catch (cause) {
        throw stateError('keep what the run left in', fileOf(target), cause)
      }
    },
  }
}
