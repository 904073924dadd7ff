import {type LoadedRunbook, loadRunbook} from '../runbooks/load.ts'
import type {RunsContext} from './context.ts'
import {endedBySignals} from './stall-watch.ts'

/** Loads a runbook, whose code may never come back. Raises `runbook/invalid`. */
export const loadWatched = (context: Pick<RunsContext, 'options' | 'stalls'>, file: string): Promise<LoadedRunbook> =>
  context.stalls().watch(`loading ${file}`, () => endedBySignals(() => loadRunbook(file, context.options.modules)))
