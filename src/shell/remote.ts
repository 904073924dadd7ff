import type {Exec} from '../processes/exec.ts'

/**
 * A command whose process here is only the way to where it runs: another host. What is recorded is the author's command; what
 * is started carries it there.
 */
export interface Remote {
  /** What bash is given instead of the recorded text. */
  readonly text: string
  /** What a failure calls it: the author's command and its host, without how the connection is made. */
  readonly said: string
  /** Output without what was told to us in it. Some may be held back until more has come. */
  takeMarkers(stream: 'out' | 'err', bytes: Uint8Array): Uint8Array
  /** What was held back, when nothing more comes. */
  rest(stream: 'out' | 'err'): Uint8Array
  /** Ends the command where it runs, in bounded time. Returns what cannot be claimed, empty when nothing is left. Never throws. */
  stop(tools: RemoteTools, cut: () => Promise<unknown>): Promise<string>
  /** How the command ended, by how its way there did; when it was stopped, nobody is asked again. Never throws. */
  end(code: number | null, tools: RemoteTools, stopped: boolean): Promise<RemoteEnd>
}

export interface RemoteEnd {
  /** null: not known. */
  readonly code: number | null
  /** Why the code alone does not tell; empty when it does. */
  readonly lost: string
  /** It runs on there, or may. */
  readonly left?: boolean
}

export interface RemoteTools {
  /** With the environment and the directory of the command. */
  readonly exec: Exec
  readonly graceMs: number
  readonly signal: AbortSignal
  /** A line among the command's output. */
  readonly log: (line: string) => void
  /** Names what goes on in spite of the stop. */
  readonly orphans: (processes: readonly string[]) => void
}
