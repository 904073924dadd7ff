/**
 * How an alert ended. `superseded`: it is worse now, and another alert says how. `removed`: the target left the
 * configuration, and nobody knows how it is.
 */
export type Ending = 'resolved' | 'superseded' | 'removed'

/** What a channel is to hear. */
export type News = 'firing' | Ending
