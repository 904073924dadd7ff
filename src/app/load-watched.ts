import {type LoadedRunbook, loadRunbook} from '../runbooks/load.ts'
import {endedBySignals, watchStall} from './stall-watch.ts'

/** Loads a runbook, whose code may never come back. Raises `runbook/invalid`. */
export const loadWatched = (file: string): Promise<LoadedRunbook> =>
  watchStall(`loading ${file}`, () => endedBySignals(() => loadRunbook(file)))
