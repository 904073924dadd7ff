/** Where the work on one host stands. `unknown`: it had begun and nobody knows how it ended. */
export type HostState =
  | 'pending'
  | 'running'
  | 'done'
  | 'failed'
  | 'aborted'
  | 'skipped'
  | 'undoing'
  | 'undone'
  | 'undo failed'
  | 'unknown'

/** One host of a step over many, as the journal tells it. */
export interface HostView {
  readonly host: string
  readonly state: HostState
  readonly reason: string
  /** Undefined: it was never begun in this run. */
  readonly startedAt: number | undefined
  readonly durationMs: number | undefined
}

/** Begun, and no outcome of it is known. */
export const isOpen = ({state}: HostView): boolean => state === 'running' || state === 'undoing' || state === 'unknown'

/** What a person, or a recheck, is asked about: besides those in flight, what was being stopped when the runner died. */
export const isUnsettled = (view: HostView): boolean => isOpen(view) || view.state === 'aborted'
