/** A child process run to its end, without a shell: the argument vector is exactly what is recorded. */
export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Text or bytes for standard input; closed at once when left out. */
  readonly input?: string | Uint8Array
  readonly signal?: AbortSignal
  /** Milliseconds; the whole process group is stopped (TERM, then KILL) when it passes. Default 60 s. */
  readonly timeoutMs?: number
  /** Accept any exit code instead of raising `process/failed`. */
  readonly anyExit?: boolean
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}

/** Runs a program. Raises `process/missing`, `process/failed`, `process/timeout` with argv and the last lines. */
export type Exec = (argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>
