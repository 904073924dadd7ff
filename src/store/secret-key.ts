import {randomBytes} from 'node:crypto'
import {closeSync, fsyncSync, linkSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {readPlain} from '../files/plain-file.ts'
import {syncDirectory} from '../files/durable.ts'
import {openInMode} from '../files/modes.ts'
import {ANOTHER_DIRECTORY, stateError} from './state-error.ts'

const BYTES = 32

/** The key of a state directory, by which values are told apart that are kept nowhere. Made when it is first needed. */
export function secretKey(stateDir: string): Buffer {
  const file = path.join(stateDir, 'secret.key')
  try {
    return readKey(file) ?? makeKey(file)
  } catch (cause) {
    throw stateError('read the key', file, cause, ANOTHER_DIRECTORY)
  }
}

function readKey(file: string): Buffer | undefined {
  try {
    const key = readPlain(file)
    if (key.length !== BYTES) throw new Error(`it should have ${BYTES} bytes, and has ${key.length}`)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whole under its name or not there: of several that make one at once, the first one's counts. */
function makeKey(file: string): Buffer {
  const draft = `${file}.tmp-${process.pid}`
  const descriptor = openInMode(draft, 'w')
  try {
    writeFileSync(descriptor, randomBytes(BYTES))
    fsyncSync(descriptor)
    linkSync(draft, file)
    syncDirectory(path.dirname(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(descriptor)
    rmSync(draft, {force: true})
  }
  return readPlain(file)
}
