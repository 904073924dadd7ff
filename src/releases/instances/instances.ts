/** One command of an instances driver: exactly what is recorded is what runs. */
export interface InstanceCommand {
  /** For the record and the dry run: the command as a shell would take it. */
  readonly text: string
  readonly argv: readonly string[]
}

export interface InstancePlace {
  readonly slot: string
  readonly instance: string
}

/** What starts and stops instances. One folder per driver. Raises `release/unknown` for values that cannot be passed. */
export interface InstancesDriver {
  start(place: InstancePlace, version: string): InstanceCommand
  stop(place: InstancePlace): InstanceCommand
  /** Undefined: this driver cannot show logs. */
  logs(place: InstancePlace): InstanceCommand | undefined
}
