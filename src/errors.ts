/**
 * Every error that opsconsole raises on purpose. `kind` decides how it is shown, `exit` is the process exit code.
 * expected: the person can fix it · external: a tool or a server failed · cancelled: somebody stopped it · bug: ours.
 */
export type ErrorKind = 'expected' | 'external' | 'cancelled' | 'bug'

/** Exit codes are a stable interface; `docs/errors.md` is generated from this table. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  undone: 3,
  undoFailed: 4,
  aborted: 5,
  locked: 6,
  refused: 7,
  suspended: 8,
  unknown: 9,
  untrusted: 10,
  unproven: 11,
  internal: 70,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

interface CatalogueEntry {
  readonly kind: ErrorKind
  readonly exit: ExitCode
  readonly meaning: string
}

/** All codes, in alphabetical order. Adding one here is all that is needed; a test holds the documentation to it. */
export const CATALOGUE = {
  'agent/listen': {kind: 'expected', exit: EXIT.usage, meaning: 'The agent cannot listen on its address.'},
  'alert/alertmanager': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'An Alertmanager does not answer, or did not do what it was asked.',
  },
  'alert/not-taken': {kind: 'external', exit: EXIT.failed, meaning: 'A channel did not take what was sent again.'},
  'alert/silence-unknown': {kind: 'expected', exit: EXIT.usage, meaning: 'No silence has that id, or it has ended.'},
  'alert/unknown': {kind: 'expected', exit: EXIT.usage, meaning: 'No alert has that id, or it is already resolved.'},
  'audit/missing': {
    kind: 'external',
    exit: EXIT.untrusted,
    meaning: 'The audit trail was deleted, moved, cut or replaced, so nothing may run.',
  },
  'audit/unwritable': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'The audit log cannot be written, so nothing may run.',
  },
  'backup/damaged': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A backup is truncated, altered, or cannot be opened with the key at hand.',
  },
  'backup/failed': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A backup did not finish; none of it is listed as good.',
  },
  'backup/held': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'A backup under hold, or the last good one, may not be removed.',
  },
  'backup/mismatch': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A restored copy differs from what the backup says it holds.',
  },
  'backup/missing': {kind: 'expected', exit: EXIT.usage, meaning: 'The catalogue holds no such backup.'},
  'backup/restore': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A restore or a swap did not finish; the live database is named with its state.',
  },
  'backup/storage': {
    kind: 'external',
    exit: EXIT.failed,
    meaning:
      'The storage of backups cannot be reached, or cannot do what is asked; no partial backup is listed as good.',
  },
  'backup/unfit': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'A server lacks what a backup needs to be restored there; commands that make it fit are listed.',
  },
  'backup/untrusted': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'A backup is not signed by an allowed key, so it is neither opened nor restored.',
  },
  'backup/window': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'No backup and log can bring a cluster back to that moment; what they can is said. Nothing was copied.',
  },
  'bug/internal': {
    kind: 'bug',
    exit: EXIT.internal,
    meaning: 'A defect in opsconsole itself. Please report it with the stack trace.',
  },
  'cache/refused': {kind: 'external', exit: EXIT.failed, meaning: 'The cache server answered a command with an error.'},
  'cache/unreachable': {kind: 'external', exit: EXIT.failed, meaning: 'The cache server did not answer.'},
  'cancelled/interrupted': {
    kind: 'cancelled',
    exit: EXIT.aborted,
    meaning: 'A person or a signal stopped the command.',
  },
  'change/broken-trail': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'The audit trail is missing or broken, and no reason to continue was given.',
  },
  'change/frozen': {kind: 'expected', exit: EXIT.refused, meaning: 'A change freeze holds in the environment.'},
  'change/protected': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'The environment is protected, and its name was not typed.',
  },
  'change/unconfirmed': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'A change that may lose data was not confirmed.',
  },
  'config/environment': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'The environment is not in the configuration, or one must be chosen.',
  },
  'config/exists': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'A configuration file already exists; it is overwritten only with --force.',
  },
  'config/invalid': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'The configuration has a key or value that is not accepted; the path is given.',
  },
  'config/missing': {kind: 'expected', exit: EXIT.usage, meaning: 'No configuration file was found.'},
  'config/secret': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'A secret could not be read from its environment variable, file or command.',
  },
  'config/unreadable': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'The configuration file cannot be read or is not YAML.',
  },
  'database/query': {kind: 'external', exit: EXIT.failed, meaning: 'The database refused or failed a query.'},
  'database/unreachable': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'The database server did not answer or refused the login.',
  },
  'drill/failed': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A drill missed an objective or its proof; the measurements are in its report.',
  },
  'host/left': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A command on another host still runs there, or may: it could not be stopped, or the connection was lost.',
  },
  'host/lost': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'The connection to a host could not be made or was lost; how the command there ended is unknown.',
  },
  'lab/running': {kind: 'expected', exit: EXIT.usage, meaning: 'A lab is already up in that directory.'},
  'lab/start': {kind: 'external', exit: EXIT.failed, meaning: 'A part of the lab did not start; its log is named.'},
  'lab/stopped': {kind: 'expected', exit: EXIT.usage, meaning: 'No lab is up in that directory.'},
  'lab/tool-missing': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'A program that the lab needs is not installed; the package is named.',
  },
  'lock/held': {kind: 'expected', exit: EXIT.locked, meaning: 'A run works with what would be removed; nothing was.'},
  'lock/lost': {
    kind: 'external',
    exit: EXIT.locked,
    meaning: 'A run no longer holds its lock, or cannot tell whether it does; it started no further step.',
  },
  'lock/setup': {
    kind: 'expected',
    exit: EXIT.locked,
    meaning: 'The role may not create or change the tables of the shared locks; the SQL is in the documentation.',
  },
  'lock/unknown': {kind: 'expected', exit: EXIT.usage, meaning: 'No lock has that id.'},
  'lock/unreachable': {
    kind: 'external',
    exit: EXIT.locked,
    meaning: 'The PostgreSQL of the shared locks did not answer, so a lock would hold on this host only.',
  },
  'process/failed': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A program exited with an error; its command line, exit code and last lines are shown.',
  },
  'process/missing': {kind: 'expected', exit: EXIT.usage, meaning: 'A program is not installed or not on PATH.'},
  'process/timeout': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A program did not finish before its deadline and was stopped.',
  },
  'release/not-ready': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'The slot cannot take traffic: an instance is missing, unhealthy or of the wrong version.',
  },
  'release/unknown': {kind: 'expected', exit: EXIT.usage, meaning: 'No release, slot or version has that name.'},
  'run/altered': {
    kind: 'expected',
    exit: EXIT.untrusted,
    meaning: 'The journal of the run is not what the audit trail says; the records are named.',
  },
  'run/drift': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'The world changed between the plan that was shown and the run; the difference is shown.',
  },
  'run/ended': {kind: 'expected', exit: EXIT.usage, meaning: 'The run has already ended.'},
  'run/guard': {
    kind: 'expected',
    exit: EXIT.failed,
    meaning: 'A guard of the run no longer held; the run was stopped and what it did was undone.',
  },
  'run/held': {kind: 'expected', exit: EXIT.locked, meaning: 'Another process is already working on this run.'},
  'run/lost': {
    kind: 'external',
    exit: EXIT.unknown,
    meaning: 'The runner of a run is gone; the step that was in flight is unknown until it is settled.',
  },
  'run/refused': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'A policy, a missing confirmation or a missing approval forbids the run.',
  },
  'run/unknown': {kind: 'expected', exit: EXIT.usage, meaning: 'No run has that id.'},
  'run/unsettled': {
    kind: 'expected',
    exit: EXIT.unknown,
    meaning: 'A step of the run is unknown: a recheck or a person must say whether it happened.',
  },
  'runbook/changed': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'The runbook file differs from the one the run was planned with.',
  },
  'runbook/invalid': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'A runbook file does not load or its definition is not accepted.',
  },
  'runbook/params': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'A parameter is missing, unknown or not of the accepted shape.',
  },
  'runbook/threw': {kind: 'expected', exit: EXIT.failed, meaning: 'The code of a runbook threw while it was planned.'},
  'runbook/unknown': {kind: 'expected', exit: EXIT.usage, meaning: 'No runbook has that name.'},
  'state/damaged': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A state file is damaged; the record and offset are named.',
  },
  'state/full': {kind: 'external', exit: EXIT.failed, meaning: 'The disk under the state directory is full.'},
  'state/unwritable': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'The state directory cannot be created, read or written by this account.',
  },
  'step/failed': {kind: 'external', exit: EXIT.failed, meaning: 'A step of a runbook failed.'},
  'step/timeout': {kind: 'external', exit: EXIT.failed, meaning: 'A step did not finish before its deadline.'},
  'step/verify': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'A step ran, but its verification did not pass in time.',
  },
  'traffic/refused': {
    kind: 'external',
    exit: EXIT.failed,
    meaning: 'The traffic driver answered a command with an error, or does not know the backend or server.',
  },
  'traffic/unreachable': {kind: 'external', exit: EXIT.failed, meaning: 'The traffic driver did not answer.'},
  'trust/refused': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'A file or directory that decides what runs here belongs to somebody else, or others can write to it.',
  },
  'usage/arguments': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'A command, flag or argument is unknown, missing or malformed.',
  },
  'usage/environment': {
    kind: 'expected',
    exit: EXIT.usage,
    meaning: 'A variable of the environment turns off a check that every change relies on.',
  },
  'usage/read-only': {
    kind: 'expected',
    exit: EXIT.refused,
    meaning: 'Read-only mode forbids every action that changes anything.',
  },
} as const satisfies Record<string, CatalogueEntry>

export type ErrorCode = keyof typeof CATALOGUE

export interface ErrorOptions {
  /** What to do next, one sentence, plain text. */
  readonly hint?: string
  readonly cause?: unknown
}

/** What happened (`message`), why (`cause`), what next (`hint`). Strings are plain: presenters know colour. */
export class OpsError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = 'OpsError'
    this.code = code
    this.hint = options.hint
  }
  get kind(): ErrorKind {
    return CATALOGUE[this.code].kind
  }
  get exit(): ExitCode {
    return CATALOGUE[this.code].exit
  }
}

/** Any thrown value as an OpsError; what is not ours is a bug. */
export function toOpsError(thrown: unknown): OpsError {
  if (thrown instanceof OpsError) return thrown
  if (thrown instanceof DOMException && thrown.name === 'AbortError')
    return new OpsError('cancelled/interrupted', thrown.message)
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new OpsError('bug/internal', message, {cause: thrown})
}

/** The message of any thrown value, for logs and reasons. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
}
