import {reasonOf} from '../../connections/reason.ts'
import type {Channel} from './channel.ts'

/** What a receiver answers is from outside as well: it is cleaned before it is kept as the state of the delivery. */
export const cleanChannel = (channel: Channel, clean: (text: string) => string): Channel => ({
  ...channel,
  deliver: async (notification, signal) => {
    // Only words: the error itself would carry them as they came.
    const problem = await channel.deliver(notification, signal).then(
      () => undefined,
      (error: unknown) => clean(reasonOf(error)),
    )
    if (problem !== undefined) throw new Error(problem)
  },
})
