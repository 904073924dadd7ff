import {lookup, type LookupOptions} from 'node:dns'
import type {LookupFunction} from 'node:net'

type Found = Parameters<Parameters<LookupFunction>[2]>
type Look = (name: string, options: LookupOptions, found: (...found: Found) => void) => void

interface Waiting {
  readonly isOver: () => boolean
  readonly found: (...found: Found) => void
}

/**
 * Lookups of names, of each name one at a time: whoever asks for it meanwhile gets the same answer. Nothing is kept afterwards. A
 * lookup cannot be called off, two of them are made at once, and each may hang for many seconds while name servers are away: one for
 * each probe of thousands of targets would fill the memory, and stand in line long after the name servers are back.
 */
export function sharedLookups(look: Look): (isOver: () => boolean) => LookupFunction {
  const underWay = new Map<string, Waiting[]>()
  return isOver => (name, options, found) => {
    const key = JSON.stringify([name, options.family, options.hints, options.all, options.order])
    const others = underWay.get(key)
    if (others !== undefined) {
      const wanted = others.filter(each => !each.isOver())
      others.splice(0, others.length, ...wanted, {isOver, found})
      return
    }
    const waiting = [{isOver, found}]
    underWay.set(key, waiting)
    look(name, options, (...answer) => {
      underWay.delete(key)
      for (const each of waiting) if (!each.isOver()) each.found(...answer)
    })
  }
}

/** For `lookup` of Node's connections. `isOver`: nobody waits for this connection any more. */
export const lookUpUntil = sharedLookups((name, options, found) => lookup(name, options, found as never))
