import {closeSync} from 'node:fs'
import {openPlain} from '../../files/plain-file.ts'
import {scanLog} from '../scan-log.ts'

/** The records of a journal as they are on disk, damaged ones too; an incomplete last one is none. None: there is no file. */
export function* journalLines(file: string): Generator<Uint8Array> {
  let descriptor: number
  try {
    descriptor = openPlain(file)
  } catch {
    return
  }
  try {
    for (const {kind, bytes} of scanLog(descriptor)) if (kind !== 'torn') yield bytes
  } finally {
    closeSync(descriptor)
  }
}
