/**
 * What changes is said at most this often, ms. A question must be heard within a second, of which up to 300 ms pass until
 * the state directory is looked at (`store/watch-state.ts`).
 */
export const paceOf = ({slow}: {readonly slow?: boolean | undefined}): number => (slow ? 600 : 250)
