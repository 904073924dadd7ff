import type {Outcome} from './events.ts'

export interface RunRow {
  readonly id: string
  readonly runbook: string
  readonly environment: string
  readonly actor: string
  /** The kernel knows no login, so `actor` is an account that several people may use. */
  readonly noLogin?: boolean
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly durationMs: number | undefined
  readonly usualMs: number | undefined
  /** running, waiting (a question is open), lost (its runner died), or its outcome. */
  readonly state: 'running' | 'waiting' | 'lost' | Outcome
  /** Steps that are behind it, however they came out: of a run that goes on, the index of the current one. */
  readonly stepIndex: number
  readonly stepCount: number
  readonly stepTitle: string
  readonly reason: string
  readonly dryRun: boolean
  readonly exitCode: number | undefined
}

/** A runbook as the picker shows it. */
export interface RunbookRow {
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly danger: 'safe' | 'disruptive' | 'destructive'
  /** File it was loaded from. */
  readonly file: string
  readonly shipped: boolean
  /** Why it cannot be used, when it does not load. */
  readonly problem: string | undefined
  readonly params: readonly RunbookParam[]
}

export interface RunbookParam {
  readonly name: string
  readonly type: 'string' | 'number' | 'boolean' | 'choice'
  readonly choices: readonly string[]
  readonly required: boolean
  readonly fallback: string | undefined
  readonly description: string
  readonly secret: boolean
}
