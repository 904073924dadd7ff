import type {HostView} from './host-states.ts'

/** As people read it: what has not begun was not started. */
export const hostWord = (state: string): string => (state === 'pending' ? 'not started' : state)

/** `197 done, 2 failed, 1 not started`: every state that a host is in, in the order in which they are met. */
export function hostCounts(hosts: readonly {readonly state: string}[]): string {
  const counts = new Map<string, number>()
  for (const {state} of hosts) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].map(([state, count]) => `${count} ${hostWord(state)}`).join(', ')
}

/** Hosts that a person looks for: of a step at hand all of them, of one that is behind those that are not simply done. */
export const hostsToShow = (hosts: readonly HostView[], atHand: boolean): readonly HostView[] =>
  atHand ? hosts : hosts.filter(({state}) => state !== 'done' && state !== 'pending')
