import {createHash} from 'node:crypto'

/** By which the name of an alert ends that somebody sent, so that each is its own whatever it is about. */
export const markOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 8)
