import type {AlertStore} from './alert-store.ts'
import type {DeliveryState} from './state.ts'

/** A channel that did not take what it was sent last. */
export interface DeadChannel {
  readonly channel: string
  /** `failed: ...`, with the reason. */
  readonly outcome: string
}

/** What is known of the channels from the deliveries that are kept, so that every process sees it. */
export function deadChannels(
  alertStore: Pick<AlertStore, 'since'>,
  channels: readonly {readonly name: string}[],
  since: number,
): {readonly dead: readonly DeadChannel[]; readonly all: boolean} {
  const newest = new Map<string, {readonly delivery: DeliveryState; readonly at: number}>()
  for (const alert of alertStore.since(since))
    for (const delivery of alert.deliveries) {
      const at = triedAt(delivery)
      if (at === undefined || (newest.get(delivery.channel)?.at ?? -Infinity) > at) continue
      newest.set(delivery.channel, {delivery, at})
    }
  const dead = channels.flatMap(({name}) => {
    const delivery = newest.get(name)?.delivery
    return delivery !== undefined && delivery.attempts > 1 ? [{channel: name, outcome: delivery.outcome}] : []
  })
  const used = channels.filter(({name}) => newest.has(name))
  return {dead, all: dead.length > 0 && dead.length === used.length}
}

/** When an attempt was made last; undefined: there was none. A failed one says when the next is, which is later. */
const triedAt = ({attempts, notified, nextAt, at}: DeliveryState): number | undefined =>
  attempts > 0 ? nextAt : notified === undefined ? undefined : at
