import {readdirSync} from 'node:fs'

/** Every process of this machine, or of this container. */
export const allPids = (): readonly number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
