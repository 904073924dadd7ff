import type {LetterName} from '../alerts/letters.ts'
import type {SilenceWish} from '../alerts/routing/silences.ts'
import type {LogPlace} from '../releases/shown-logs.ts'
import type {AuditQuery, AuditRecord} from '../audit/record.ts'
import type {RangeName, Series} from '../monitors/series.ts'
import type {Snapshot} from '../overview/snapshot.ts'
import type {OutputLine} from '../runbooks/events.ts'
import type {Progress} from '../runbooks/ports.ts'
import type {Plan} from '../runbooks/plan.ts'
import type {OutputPages} from '../runs/ports.ts'
import type {RunbookRow, RunRow} from '../runbooks/rows.ts'
import type {Keymap} from './keymap/keymap.ts'
import type {ChartedNoun, LogsView, ShownRun} from './state/world.ts'

/**
 * Everything the screens can see and do. Reads are cheap and synchronous, from the store; requests go to the engine,
 * which checks them again. The screens hold no state of the world of their own.
 */
export interface ConsolePort {
  snapshot(): Snapshot
  /** Calls back when something that a snapshot or a run shows may have changed; at most ten times a second. */
  subscribe(changed: () => void): () => void
  runbooks(): readonly RunbookRow[]
  /** Keys as the configuration has them; undefined: it says nothing of keys. */
  keymap(): Keymap | undefined
  /** Reads facts and freezes a plan, in a process of its own. Rejects with an OpsError. */
  plan(runbook: string, params: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Plan>
  /** The start of this plan is being asked for, so whoever will start it gets ready; undefined: of none any more. */
  standBy(plan: Plan | undefined): void
  /** Starts exactly this plan in a runner of its own; resolves with the run's id once it is recorded. */
  start(
    plan: Plan,
    options: {readonly reason: string; readonly typed: string | undefined; readonly dryRun: boolean},
  ): Promise<string>
  /** The newest runs of the environment in view, and how many are kept in all environments. */
  runs(limit: number): {readonly rows: readonly RunRow[]; readonly total: number}
  /**
   * How long the probes of one thing took; of an alert, by its id, the figure that its rule judges; of a release, and of a
   * server of one, its requests; of a heartbeat, how long it is silent.
   */
  series(noun: ChartedNoun, name: string, range: RangeName): Series | undefined
  run(id: string): ShownRun | undefined
  /** The last lines of a run's output, escaped and redacted; `from` counts lines from the start. */
  output(id: string, options: {readonly last: number}): {readonly lines: readonly OutputLine[]; readonly total: number}
  /** The same output, read around any place in it. */
  pages(id: string): OutputPages
  /** What is left after a run, in Markdown; undefined while there is none. */
  report(id: string): string | undefined
  /**
   * What an instance prints, read as long as it is asked for here; `follow`: the newest is wanted. Without a place nobody
   * looks any more, and reading ends.
   */
  logs(place: LogPlace | undefined, follow: boolean): LogsView | undefined
  /** Progress of the current step, when it tells any. */
  progress(id: string): Progress | undefined
  answer(run: string, prompt: string, answer: string, reason: string): Promise<void>
  /** Runs a program in this terminal, which the screens have given up meanwhile; its exit code. */
  handOver(argv: readonly string[]): number
  /** Tells the step that runs what was decided: one of those that its plan shows. */
  decide(run: string, given: {readonly step: string; readonly choice: string; readonly reason: string}): Promise<void>
  abort(run: string, reason: string): Promise<void>
  acknowledge(alert: string, note: string): Promise<void>
  /** Nobody is notified of it for so long. */
  silence(alert: string, wish: SilenceWish): Promise<void>
  /** Sends notifications again that were given up; rejects when one was not taken. */
  sendAgain(letters: readonly LetterName[], reason: string): Promise<void>
  audit(query: AuditQuery): readonly AuditRecord[]
  /** Switches the environment in view. */
  selectEnvironment(name: string): void
  /** Looks at everything now instead of at the next interval. */
  refresh(): void
  now(): number
}
