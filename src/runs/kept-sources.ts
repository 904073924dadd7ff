import {type RunbookSource, runbookSources} from '../runbooks/load.ts'
import {redactAnnounced} from '../text/redact.ts'

/** Longer runbooks are not kept with their runs, in characters of all their files. */
const LONGEST = 256 << 10

/** The files of a runbook as they are now, without secrets, and their hash; no sources when they are too long or gone. */
export function keptSources(
  file: string,
  redact: (text: string) => string,
): {readonly hash: string | undefined; readonly sources: readonly RunbookSource[] | undefined} {
  try {
    const {hash, sources} = runbookSources(file)
    if (sources.reduce((sum, {text}) => sum + text.length, 0) > LONGEST) return {hash, sources: undefined}
    return {hash, sources: sources.map(source => ({...source, text: redactAnnounced(redact(source.text))}))}
  } catch {
    return {hash: undefined, sources: undefined}
  }
}
