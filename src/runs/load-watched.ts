import {type LoadedRunbook, loadRunbook} from '../runbooks/load.ts'
import type {AppContext} from '../app/context.ts'
import {endedBySignals} from './stall-watch.ts'

/** Loads a runbook, whose code may never come back. Raises `runbook/invalid`. */
export const loadWatched = (context: AppContext, file: string): Promise<LoadedRunbook> =>
  context.stalls().watch(`loading ${file}`, () => endedBySignals(() => loadRunbook(file)))
