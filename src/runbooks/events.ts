import type {Actor} from '../identity/actor.ts'
import type {ProcessIdentity} from '../processes/identity.ts'
import type {HostAnswers, HostSettlement} from './host-answers.ts'
import type {Plan} from './plan.ts'

/** How a run ended. Each has its exit code; see `exitOf`. */
export type Outcome =
  | 'done'
  | 'failed'
  | 'undone'
  | 'undo failed'
  | 'aborted'
  | 'locked'
  | 'refused'
  | 'suspended'
  | 'unknown'
  /** Done, but too little was seen to say that it is good. */
  | 'unproven'
export type StepOutcome = 'done' | 'already done' | 'skipped' | 'failed' | 'aborted'

/** A question put to people. Every prompt expires, and says what happens then. */
export interface Prompt {
  readonly id: string
  readonly step: string | undefined
  readonly kind: 'confirm' | 'manual' | 'unknown' | 'failure' | 'approval' | 'terminal'
  readonly text: string
  readonly touches: readonly string[]
  /** For `terminal`: the program that the window runs for the person. */
  readonly terminal?: readonly string[]
  /** Text to type; undefined when a choice is enough. */
  readonly type: string | undefined
  readonly choices: readonly string[]
  /** For `unknown` of a step over hosts: which of them can be answered for on their own, as in `done web-3,web-7`. */
  readonly byHost?: HostAnswers
  readonly fallback: string
  readonly expiresAt: number
}

/** How an answer came: typed in a console, given by a flag, by another terminal, or nobody came. */
export type Via = 'console' | 'flag' | 'command' | 'expiry' | 'policy'

/**
 * The journal of a run: version 1 of the event schema, the same in the file, in `--json` and in the console.
 * Each event is durable before the next action. `seq` orders them; `at` is wall clock and only for people.
 */
export type RunEvent = {readonly v: 1; readonly seq: number; readonly at: number; readonly run: string} & RunEventBody

export type RunEventBody =
  | {
      readonly type: 'run-started'
      readonly plan: Plan
      readonly actor: Actor
      readonly reason: string
      readonly dryRun: boolean
      readonly process: ProcessIdentity
    }
  | {readonly type: 'run-resumed'; readonly actor: Actor; readonly reason: string; readonly process: ProcessIdentity}
  | {
      readonly type: 'lock-acquired'
      readonly resource: string
      readonly lock: string
      readonly fence: number
      readonly scope?: 'local' | 'shared'
    }
  | {readonly type: 'lock-waiting'; readonly resource: string; readonly holder: string}
  | {readonly type: 'lock-released'; readonly resource: string; readonly lock: string}
  | {readonly type: 'prompt-opened'; readonly prompt: Prompt}
  | {
      readonly type: 'prompt-answered'
      readonly prompt: string
      readonly answer: string
      readonly by: Actor
      readonly via: Via
      readonly reason: string
    }
  | {
      readonly type: 'step-started'
      readonly step: string
      readonly attempt: number
      readonly key: string
      readonly phase: 'run' | 'undo'
    }
  | {readonly type: 'host-started'; readonly step: string; readonly host: string; readonly phase: 'run' | 'undo'}
  | {
      readonly type: 'host-finished'
      readonly step: string
      readonly host: string
      readonly phase: 'run' | 'undo'
      readonly outcome: 'done' | 'failed' | 'aborted'
      readonly reason: string
      readonly durationMs: number
    }
  | {
      readonly type: 'command-started'
      readonly step: string
      readonly command: number
      readonly text: string
      readonly dryRun: boolean
    }
  | {
      readonly type: 'command-process'
      readonly step: string
      readonly command: number
      readonly process: ProcessIdentity
    }
  | {
      readonly type: 'command-finished'
      readonly step: string
      readonly command: number
      readonly exitCode: number | null
      readonly signal: string | null
      readonly durationMs: number
      readonly error: string
    }
  | {readonly type: 'saved'; readonly step: string; readonly key: string; readonly value: unknown}
  | {
      readonly type: 'step-finished'
      readonly step: string
      readonly phase: 'run' | 'undo'
      readonly outcome: StepOutcome
      readonly reason: string
      readonly durationMs: number
    }
  | {
      readonly type: 'step-retry'
      readonly step: string
      readonly attempt: number
      readonly delayMs: number
      readonly reason: string
    }
  | {
      readonly type: 'step-settled'
      readonly step: string
      readonly choice: 'recheck' | 'done' | 'rerun' | 'skip' | 'abort'
      readonly by: Actor
      readonly reason: string
    }
  | {
      readonly type: 'host-settled'
      readonly step: string
      readonly host: string
      readonly choice: HostSettlement
      readonly by: Actor
      readonly reason: string
    }
  | {
      readonly type: 'guard'
      readonly guard: string
      readonly title: string
      readonly state: 'failing' | 'holds' | 'broken'
      readonly reason: string
    }
  | {
      readonly type: 'step-decided'
      readonly step: string
      readonly choice: string
      readonly by: Actor
      readonly reason: string
    }
  | {readonly type: 'abort-requested'; readonly by: Actor; readonly reason: string}
  | {readonly type: 'orphans'; readonly step: string; readonly processes: readonly string[]}
  | {readonly type: 'break-glass'; readonly by: Actor; readonly reason: string}
  | {readonly type: 'local-lock'; readonly by: Actor; readonly reason: string}
  | {readonly type: 'run-suspended'; readonly reason: string}
  | {
      readonly type: 'run-ended'
      readonly outcome: Outcome
      readonly exitCode: number
      readonly reason: string
      readonly durationMs: number
      readonly afterwards: readonly string[]
    }

/** A line of output. Not an event: it lives in the run's output file, escaped and redacted. */
export interface OutputLine {
  readonly step: string
  readonly stream: 'out' | 'err' | 'log' | 'command'
  readonly text: string
  /** Sequence number of the journal's last event when the line came: where it belongs between the events. */
  readonly after?: number
}
