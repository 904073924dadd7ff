import type {ReleaseConfig} from './config.ts'
import type {TrafficState} from './traffic/traffic-driver.ts'

/** Where the load balancer sends the requests of each server, by name; only those whose address it was given. */
export type Addresses = Readonly<Record<string, string>>

export function addressesOf({slots}: Pick<ReleaseConfig, 'slots'>, state: TrafficState | undefined): Addresses {
  const names = slots.flatMap(({instances}) => instances).map(({name}) => name)
  return Object.fromEntries(
    names.flatMap(name => {
      const address = state?.servers.get(name)?.address
      return address === undefined ? [] : [[name, address] as const]
    }),
  )
}

/** `green-1 goes to 10.0.0.9:80, not 10.0.0.1:80`, of each server that is elsewhere than it was left. */
export const elsewhere = (left: Addresses | undefined, now: Addresses): readonly string[] =>
  Object.entries(left ?? {}).flatMap(([name, address]) => {
    const seen = now[name]
    return seen === undefined || seen === address ? [] : [`${name} goes to ${seen}, not ${address}`]
  })
