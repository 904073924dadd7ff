import type {Change, Danger} from '../admission/change.ts'
import type {AlertStore} from '../alerts/alert-store.ts'
import type {Timelines} from '../alerts/timeline.ts'
import type {Answering} from '../alerts/answers.ts'
import type {SilenceStore} from '../alerts/routing/silence-store.ts'
import type {Verification} from '../audit/chain.ts'
import type {AuditLog} from '../audit/record.ts'
import type {Config} from '../config/schema.ts'
import type {Environment} from '../config/environment.ts'
import type {ResolveSecret} from '../config/fields.ts'
import type {Actor} from '../identity/actor.ts'
import type {IntakeTools} from '../monitors/intake-route.ts'
import type {Log} from '../monitors/log.ts'
import type {Monitor} from '../monitors/monitor-port.ts'
import type {Target} from '../monitors/sample.ts'
import type {Snapshot} from '../overview/snapshot.ts'
import type {Exec} from '../processes/exec.ts'
import type {Records} from '../kinds/records.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import type {Caretaker} from '../runs/caretaker.ts'
import type {StartNews} from '../runs/start-due.ts'
import type {Starters} from '../runs/starters.ts'
import type {Engine, EngineView} from '../runs/engine.ts'
import type {ResumeOrder} from '../runs/resume-tools.ts'
import type {Trust} from '../trust/trust.ts'
import type {Matcher} from '../text/matcher.ts'
import type {Clock} from '../units/clock.ts'

/** What a shell offers for a value: names and ids that are known here, files, or these words. */
export type Completes =
  | 'alert'
  | 'backup'
  | 'backup id'
  | 'cache'
  | 'cache event'
  | 'channel'
  | 'environment'
  | 'lock'
  | 'parameter'
  | 'run'
  | 'runbook'
  | 'schedule'
  | 'heartbeat'
  | 'file'
  | 'directory'
  | readonly string[]

export interface FlagSpec {
  readonly type: 'string' | 'boolean'
  /** One letter. */
  readonly short?: string
  readonly multiple?: boolean
  /** Placeholder in help: `DUR`, `FILE`. */
  readonly value?: string
  /** Left out: a file or directory when its placeholder says so, else nothing. */
  readonly completes?: Completes
  readonly description: string
}

export interface ArgumentSpec {
  readonly name: string
  readonly required: boolean
  readonly variadic?: boolean
  readonly completes?: Completes
  readonly description: string
}

/** A command as data: parsed, documented and completed from this one object. */
export type Command = ReadingCommand | ChangingCommand

interface CommandSpec {
  /** Words after `opsconsole`: `backup verify`. The file is `commands/backup/verify.ts`. */
  readonly name: string
  readonly summary: string
  /** Longer help: paragraphs of plain text. */
  readonly help?: string
  readonly arguments?: readonly ArgumentSpec[]
  readonly flags?: Readonly<Record<string, FlagSpec>>
  /** Not listed in help. */
  readonly hidden?: boolean
  /**
   * Lives until it is stopped and writes a log: with --json nothing but JSON lines, errors included. A hang-up asks it to
   * read its configuration again.
   */
  readonly service?: boolean
  /** What it is called with, after a look at its arguments: completion means the configuration of the line it completes. */
  readonly adopt?: (input: CommandInput) => CommandInput
  /** Reads to its end without a pause, and has nothing to put right: a signal ends it in the middle of it. */
  readonly inOneGo?: boolean
  /** Works where nothing is trusted yet: it says so itself, or needs nothing of it. */
  readonly beforeTrust?: boolean
  /**
   * Whether it will start a run without asking anybody: then the runner may load while the plan is being made. A text is the run of a plan that is
   * there already.
   */
  readonly standby?: (input: CommandInput, interactive: boolean) => boolean | string
}

/** Has no way to change anything. */
export interface ReadingCommand extends CommandSpec {
  readonly changes?: undefined
  run(input: CommandInput, context: CommandContext): Promise<CommandResult>
}

/** Gets the gate with its context, and has to pass it. */
export interface ChangingCommand extends CommandSpec {
  /**
   * `true`: something of an environment, or of a run. `files`: only files and processes of its own, such as a lab or a
   * new configuration: --read-only refuses it too, but no environment's policy is about it.
   */
  readonly changes: true | 'files'
  /** What it may take away; `safe` when left out. Decides what must be confirmed. */
  readonly danger?: Danger | ((input: CommandInput) => Danger)
  /** Called like this it only stops or takes back what was admitted before. */
  readonly wayBack?: (input: CommandInput) => boolean
  /** Called like this it begins by showing something, which read-only need not refuse. */
  readonly onlyShows?: (input: CommandInput) => boolean
  run(input: CommandInput, context: ChangingContext): Promise<CommandResult>
}

export interface CommandInput {
  readonly args: readonly string[]
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

/** A command returns; it does not print. `data` is what `--json` prints, `text` is for people. */
export interface CommandResult {
  readonly data: unknown
  readonly text: string
  /** 0 when left out. */
  readonly exitCode?: number
}

/** What commands may use. Everything opens on first use, so a command that needs no store never opens one. */
export interface CommandContext {
  readonly config: () => Config
  /** The environment of --env, else the only one; raises `config/environment`. */
  readonly environment: () => Environment
  readonly stateDir: () => string
  /** What may say what runs here. */
  readonly trust: Trust
  readonly actor: () => Actor
  readonly audit: () => AuditLog
  /** Verifies the trail on disk (or another log file) without opening it for writing, and looks for a head that was kept. */
  readonly verifyAudit: (file?: string, head?: string) => Verification
  /** How many records the trail has; undefined: it would have to be read. */
  readonly trailRecords: () => number | undefined
  /** Why the trail cannot be trusted, as far as it is known without reading it all; undefined: nothing is known against it. */
  readonly brokenTrail: () => string | undefined
  readonly engine: () => EngineView
  /** Carries out a run in this process. */
  readonly runner: (run: string, resume: ResumeOrder | undefined) => Promise<number>
  /** Opens the console; resolves when it is left. */
  readonly console: () => Promise<CommandResult>
  /** Value of --env, when it was given. */
  readonly environmentName: string | undefined
  /** Probes everything once when nobody watches; `kept`: shows only what is kept. */
  readonly snapshot: (from?: 'probes' | 'kept') => Promise<Snapshot>
  /** Raises what is wrong with the keys that the configuration gives to the console. */
  readonly checkKeys: () => Promise<void>
  /** Names of the runbooks that there are; none of them is loaded. */
  readonly runbookNames: () => readonly string[]
  /** The monitor of this process, not started; its role is shown to others while it holds the lease. */
  readonly monitor: (role: 'agent' | 'console', log: Log) => Promise<Monitor>
  /** Begins, as runs of their own, what earlier runs said would be done: for an agent that watches. */
  readonly caretaker: () => Caretaker
  /** Starts the runbooks of schedules and of alerts: for an agent that watches. `tell` gets what began, failed or was refused. */
  readonly starters: (tell: (news: StartNews) => void) => Promise<Starters>
  readonly records: Records
  readonly alertStore: () => AlertStore
  readonly timelines: () => Timelines
  /** For an agent that listens: what others tell of becomes alerts. */
  readonly intake: () => IntakeTools
  /** What open alerts are answered with, ours and theirs. */
  readonly answering: () => Promise<Answering>
  readonly silences: () => SilenceStore
  /** Everything that is watched, not probed yet. */
  readonly targets: () => readonly Target[]
  /** The tools a domain's `createXOps` wants, for commands that use the same operations as runbooks. */
  readonly opsTools: () => OpsTools
  readonly exec: Exec
  readonly secret: ResolveSecret
  /** Runs expressions of the configuration, and counts those that had to be ended. */
  readonly matcher: () => Matcher
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  readonly json: boolean
  /** Writes at once, for commands that stream. Escaped by the caller. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Whether standard input and output are a terminal and `CI` is not set. */
  readonly interactive: boolean
  readonly columns: number
  /** Asks one line at the terminal; undefined when there is none, at its end, or when the signal says stop. */
  readonly question: (text: string, signal: AbortSignal) => Promise<string | undefined>
}

/** What commands get that declare a change. */
export interface ChangingContext extends CommandContext {
  readonly engine: () => Engine
  /** Runs a program in this terminal and waits for it; its exit code, 127 when it does not start. */
  readonly handOver: (argv: readonly string[]) => number
  /** Asks whether it may happen, records the intent, does it, records the outcome. */
  readonly change: <T>(intended: IntendedChange, work: () => T | Promise<T>) => Promise<T>
}

/** What a command says of a change; its declaration, its flags and its environment say the rest. */
export type IntendedChange = Pick<Change, 'action' | 'target' | 'reason' | 'command' | 'run' | 'detail'> &
  Partial<Pick<Change, 'danger'>>
