/** What a load balancer answers by itself for a while. `what`: an address, a network, or the beginning of a path. */
export type TrafficControl =
  | {readonly kind: 'maintenance'}
  | {readonly kind: 'pause'}
  | {readonly kind: 'block'; readonly what: string}
  /** Requests a second from each address. */
  | {readonly kind: 'limit'; readonly what: string; readonly perSecond: number}

/** What a driver gets that can do such things while it runs, without a reload. Both ways may be asked for twice. */
export interface TrafficControls {
  /** Why it cannot do this, with what is missing where; undefined when it can. Raises `traffic/unreachable`. */
  lacks(control: TrafficControl, signal: AbortSignal): Promise<string | undefined>
  /** The literal command. */
  command(control: TrafficControl, on: boolean): string
  /** Raises `traffic/refused` or `traffic/unreachable`. */
  carryOut(control: TrafficControl, on: boolean, signal: AbortSignal): Promise<void>
  /** Whether each is in force now, in the same order. Raises `traffic/unreachable`. */
  inForce(controls: readonly TrafficControl[], signal: AbortSignal): Promise<readonly boolean[]>
}
