/** Where a server may be put: takes new requests · finishes what it holds · gets nothing and is not checked. */
export type Placement = 'ready' | 'drain' | 'maint'

/** One server as the traffic driver sees it now. */
export interface TrafficServer {
  readonly name: string
  readonly placement: Placement
  /** The driver's own word, escaped: `UP`, `UP 1/2`, `DRAIN`, `MAINT`, `DOWN`... */
  readonly word: string
  /** Passed all its checks since it was last taken out of `maint`; never an older verdict. */
  readonly fresh: boolean
  /** Why it is or is not fresh, escaped: `L7OK`, `L4CON Connection refused`, `INI`. */
  readonly check: string
  /** Requests or connections held now. */
  readonly sessions: number
  /** Answers since the driver started; a lower value than before means that the counters began anew. */
  readonly responses: number
  readonly errors: number
}

export interface TrafficState {
  readonly servers: ReadonlyMap<string, TrafficServer>
  /** Requests of the whole backend that no server answered: 5xx made by the driver itself. */
  readonly unserved: number
}

export interface Move {
  readonly server: string
  readonly to: Placement
}

/** What moves traffic. One folder per driver. */
export interface TrafficDriver {
  /** For people and confirmations: `haproxy backend app`. */
  readonly target: string
  /** Raises `traffic/unreachable` or `traffic/refused`. */
  state(signal: AbortSignal): Promise<TrafficState>
  /** The literal command that `move` carries out, in the order given, in effect at one instant. */
  command(moves: readonly Move[]): string
  /** Raises `traffic/refused` when any part of it was answered with an error: parts may have taken effect. */
  move(moves: readonly Move[], signal: AbortSignal): Promise<void>
}
