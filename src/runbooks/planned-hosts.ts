/** The hosts that a step does its work on. */
export interface PlannedHosts {
  /** Which set they belong to: the id that was given to `hosts`. */
  readonly set: string
  readonly names: readonly string[]
  /** Of these, what the run `doneIn` did already and this one leaves alone. */
  readonly done?: readonly string[]
  readonly doneIn?: string
}

/** An earlier run, and the hosts that it did, by set: what they need is not done again. */
export interface HostRetry {
  readonly run: string
  readonly done: Readonly<Record<string, readonly string[]>>
}
