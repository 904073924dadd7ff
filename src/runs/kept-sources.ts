import type {RunbookSource} from '../runbooks/load.ts'
import {type RunbookFile, sha256} from '../runbooks/module-watch.ts'
import {redactAnnounced} from '../text/redact.ts'
import {readBounded} from '../files/bounded-file.ts'

/** Longer runbooks are not kept with their runs, in characters of all their files. */
const LONGEST = 256 << 10

/** The text of a runbook's files, without secrets; undefined when they are too long, gone or not as they were. */
export function keptSources(
  files: readonly RunbookFile[],
  redact: (text: string) => string,
): readonly RunbookSource[] | undefined {
  try {
    const read = files.map(({file, hash}) => ({file, hash, bytes: readBounded(file)}))
    if (read.some(({hash, bytes}) => sha256(bytes) !== hash)) return undefined
    if (read.reduce((sum, {bytes}) => sum + bytes.length, 0) > LONGEST) return undefined
    return read.map(({file, bytes}) => ({file, text: redactAnnounced(redact(bytes.toString('utf8')))}))
  } catch {
    return undefined
  }
}
