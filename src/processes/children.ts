import {allPids} from './all-pids.ts'
import {processStat} from './identity.ts'
import {processTitle} from './process-title.ts'

/** A child of a process, with what it calls itself. */
export interface ChildProcessView {
  readonly pid: number
  readonly startTicks: number
  readonly title: string
}

/** The live children of a process; none when it is gone. Needs /proc. */
export function childrenOf(parent: number): readonly ChildProcessView[] {
  return allPids().flatMap(pid => {
    const stat = processStat(pid)
    if (stat?.parent !== parent || stat.state === 'Z' || stat.state === 'X') return []
    const title = processTitle(pid)
    return title === undefined ? [] : [{pid, startTicks: stat.startTicks, title}]
  })
}
