import type {Obstacle} from '../../kinds/questions.ts'
import type {TrafficControls} from './traffic-control.ts'

/** Where a server may be put: takes new requests · only finishes what it holds · gets nothing. */
export type Placement = 'serving' | 'draining' | 'off'

/** What a driver can do. The rest of the releases asks for these, never which driver it is. */
export interface TrafficAbilities {
  /** A server can finish what it holds and get nothing new. Without it, one that is taken off loses its requests. */
  readonly drain: boolean
  /** A server can get a share of the requests, not only all of its kind or none. */
  readonly weights: boolean
  /** Answers and errors are counted by server: else nobody can tell which slot fails. */
  readonly perServerCounters: boolean
  /** It checks the servers itself, also those that are draining. Without it, our own probe of an instance decides. */
  readonly ownChecks: boolean
  /** What was moved stays so when the driver is reloaded or restarted. */
  readonly survivesReload: boolean
}

/** One server as the traffic driver sees it now. */
export interface TrafficServer {
  readonly name: string
  readonly placement: Placement
  /** The driver's own word, escaped: `UP`, `UP 1/2`, `DRAIN`, `MAINT`, `DOWN`... */
  readonly word: string
  /** Passed all the driver's checks since it was last taken off; never an older verdict. True where it makes none. */
  readonly fresh: boolean
  /** The driver finds it bad and sends it nothing, wherever it was put. */
  readonly failing: boolean
  /** Why it is or is not fresh, escaped: `L7OK`, `L4CON Connection refused`, `INI`. */
  readonly check: string
  /** Why no run can move it, such as `has no check`; left out when one can. */
  readonly unfit?: string
  /** The driver itself keeps it off at the moment, and nobody moved it: `has no address, …`; left out when it does not. */
  readonly withdrawn?: string
  /** Where its requests go, `10.0.0.1:8080`; left out where the driver looks that up by name, or does not say. */
  readonly address?: string
  /** Requests or connections held now; left out where nobody counts them. */
  readonly sessions?: number
  /** Its share beside those of the others; left out where the driver does not say. */
  readonly weight?: number
  /** The one of its configuration, to which `own` brings it back; left out likewise. */
  readonly ownWeight?: number
  /** Requests that wait until the server has room, and connections that are open to it; left out likewise. */
  readonly queued?: number
  readonly connections?: number
  /** Answers since the driver started; a lower value than before means that the counters began anew. */
  readonly responses: number
  readonly errors: number
  /** Answers 4xx; left out where nobody counts them. */
  readonly refused?: number
}

export interface TrafficState {
  readonly servers: ReadonlyMap<string, TrafficServer>
  /** Requests that no server answered: 5xx made by the driver itself. */
  readonly unserved: number
  /** Where users are not let in at all, whatever stands behind it, in words. */
  readonly closed?: string | undefined
}

export interface Move {
  readonly server: string
  readonly to: Placement
  /** For a driver with weights: 1 to 256, or the one of its configuration; as it is when left out. */
  readonly weight?: number | 'own'
}

/** What moves traffic between the slots. One folder for each driver. */
export interface TrafficDriver {
  /** For people and confirmations: `haproxy backend app`. */
  readonly target: string
  readonly abilities: TrafficAbilities
  /** The least share in percent that it can give; left out where that is no matter. */
  readonly leastShare?: number
  /** What moving the traffic back does not bring back, as its configuration says; left out where it says nothing. */
  readonly notUndone?: readonly string[]
  /**
   * The very thing that is moved, where `target` may come to mean another one: an object of a cluster with its uid. Left out
   * where the name says it all. Raises `traffic/unreachable`.
   */
  identity?(signal: AbortSignal): Promise<string>
  /** Every server that it lists gets requests of the same users; left out where others may be listed, or none but those of the slots. */
  readonly listsAllThatServe?: true
  /**
   * By what it sends clients to their server also while that only drains, such as `the cookie SRV`; undefined: it does not. Left
   * out where a server that drains gets nothing new. Raises `traffic/unreachable`.
   */
  keepsClients?(signal: AbortSignal): Promise<string | undefined>
  /** Raises `traffic/unreachable` or `traffic/refused`. */
  state(signal: AbortSignal): Promise<TrafficState>
  /**
   * Moves, one batch after the other, that make the driver check those of these servers that take no traffic, from now
   * on and without older verdicts. One that is checked while it drains is left as it is unless `again`. None without
   * checks of its own.
   */
  recheck(servers: readonly TrafficServer[], again: boolean): readonly (readonly Move[])[]
  /** Why this user can move nothing, or not for good; none when it can, and left out where that is not asked. */
  obstacles?(signal: AbortSignal): Promise<readonly Obstacle[]>
  /** What it can answer by itself for a while; left out where it can do nothing of that without a reload. */
  readonly controls?: TrafficControls
  /** The literal command that `move` carries out, in the order given, in effect at one instant. */
  command(moves: readonly Move[]): string
  /** Raises `traffic/refused` when any part of it was answered with an error: parts may have taken effect. */
  move(moves: readonly Move[], signal: AbortSignal): Promise<void>
}
