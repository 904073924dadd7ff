import {lineDiff} from '../text/diff.ts'
import type {RunbookSource} from './load.ts'

/** Lines that show how the files of a runbook differ; why they cannot be shown, when they were not kept. */
export function sourceDifferences(
  before: readonly RunbookSource[] | undefined,
  after: readonly RunbookSource[],
): readonly string[] {
  if (before === undefined || after.length === 0)
    return ['(the text of the runbook was not kept, so its lines cannot be compared)']
  const files = [...new Set([...before, ...after].map(({file}) => file))]
  return files.flatMap(file => {
    const [old, now] = [before, after].map(list => list.find(source => source.file === file)?.text)
    if (old === undefined) return [`${file}: is new`]
    if (now === undefined) return [`${file}: is no longer used`]
    const lines = lineDiff(old, now)
    return lines.length === 0 ? [] : [`${file}:`, ...lines]
  })
}
