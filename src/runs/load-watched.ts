import {type LoadedRunbook, loadRunbook} from '../runbooks/load.ts'
import type {Base} from '../app/base.ts'
import {endedBySignals} from './stall-watch.ts'

/** Loads a runbook, whose code may never come back. Raises `runbook/invalid`. */
export const loadWatched = (base: Base, file: string): Promise<LoadedRunbook> =>
  base.stalls().watch(`loading ${file}`, () => endedBySignals(() => loadRunbook(file)))
