import {EXIT, type ExitCode} from '../errors.ts'
import type {Outcome} from './events.ts'

const EXIT_OF: Readonly<Record<Outcome, ExitCode>> = {
  done: EXIT.done,
  failed: EXIT.failed,
  undone: EXIT.undone,
  'undo failed': EXIT.undoFailed,
  aborted: EXIT.aborted,
  locked: EXIT.locked,
  refused: EXIT.refused,
  suspended: EXIT.suspended,
  unknown: EXIT.unknown,
  unproven: EXIT.unproven,
}

/** The process exit code that tells a run's outcome. */
export const exitOf = (outcome: Outcome): ExitCode => EXIT_OF[outcome]
