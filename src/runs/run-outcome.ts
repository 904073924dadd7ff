import type {RunReader} from './read.ts'

/** How a run is that an agent started, or what became of it. */
export interface RunOutcome {
  readonly state: 'running' | 'waiting' | 'suspended' | 'lost'
  /** Undefined: it has not ended. */
  readonly outcome: string | undefined
  readonly endedAt: number
}

/** One that cannot be read any more is lost. */
export function runOutcome(reader: Pick<RunReader, 'view'>, run: string, now: number): RunOutcome {
  try {
    const {outcome, endedAt, lost, suspended, prompt} = reader.view(run)
    const state = lost ? 'lost' : suspended ? 'suspended' : prompt ? 'waiting' : 'running'
    return {state, outcome, endedAt: endedAt ?? now}
  } catch {
    return {state: 'lost', outcome: undefined, endedAt: now}
  }
}
