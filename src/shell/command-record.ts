import type {ProcessIdentity} from '../processes/identity.ts'

/** How one command ended. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly durationMs: number
  readonly error: string
}

/** What a shell says of the commands that it carries out, to whoever records them; literal, and before it happens. */
export interface CommandRecord {
  /** The intent, durable when this returns. Returns the command's number. */
  intend(text: string, dryRun: boolean): number
  /** The process that was started for it. */
  started(command: number, process: ProcessIdentity | undefined): void
  ended(command: number, end: CommandEnd): void
  /** Processes on other hosts that go on in spite of a stop. */
  orphans?(processes: readonly string[]): void
  line(stream: 'out' | 'err' | 'log' | 'command', text: string): void
}
