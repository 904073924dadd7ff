import {statSync} from 'node:fs'
import {quietly} from '../units/quietly.ts'
import type {Store} from './open.ts'
import {runFiles} from './runs/directory.ts'

/** A run that goes on is followed as it comes; else probes come every some seconds, and each look costs. */
const RUNNING_MS = 150
const CALM_MS = 300

/**
 * Calls back when another process changed something: the store's version, the list of runs, or one of the runs that
 * have not ended. Files are asked for their time and size, for a few of them that costs nothing.
 */
export function watchState(
  {
    stateDir,
    store,
    openRuns,
  }: {
    readonly stateDir: string
    readonly store: Store
    readonly openRuns: () => readonly string[]
  },
  changed: () => void,
): {close(): void} {
  const version = store.database.prepare('PRAGMA data_version')
  let seen = ''
  const look = (): void => {
    const print = printOf(() => [
      JSON.stringify(version.get()),
      mtimeOf(`${stateDir}/runs`),
      ...openRuns().map(run => runPrint(stateDir, run)),
    ])
    if (print === undefined || print === seen) return
    seen = print
    changed()
  }
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    timer = setTimeout(
      () => {
        look()
        again()
      },
      (quietly(openRuns) ?? []).length > 0 ? RUNNING_MS : CALM_MS,
    )
  }
  again()
  return {close: () => clearTimeout(timer)}
}

/** Undefined: it cannot be read now, which is no change. */
function printOf(parts: () => readonly string[]): string | undefined {
  try {
    return parts().join(' ')
  } catch {
    return undefined
  }
}

function runPrint(stateDir: string, run: string): string {
  const files = runFiles(stateDir, run)
  return [files.journal, files.output, files.progress].map(mtimeOf).join(',')
}

function mtimeOf(file: string): string {
  const stat = statSync(file, {throwIfNoEntry: false})
  return stat ? `${stat.mtimeMs}/${stat.size}` : '-'
}
