/** `{weight:blue1}`: the share that this server has after the moves. */
export const SHARE = /\{weight:([^{}]+)\}/g

/** Whether the program gets the shares of all servers at once. */
export const hasShares = (move: readonly string[]): boolean => move.some(word => word.search(SHARE) >= 0)

/** Whether it is called for each server. */
export const isOneByOne = (move: readonly string[]): boolean =>
  move.some(word => word.includes('{server}') || word.includes('{id}'))
