import type {Writable} from 'node:stream'
import {giveBack} from '../give-back.ts'

/**
 * Writes everything, waiting whenever the receiver is full. Stops without an error when it is gone: it says why. The pieces
 * are given away: each is freed when the receiver has it.
 */
export async function feed(source: AsyncIterable<Uint8Array>, target: Writable): Promise<void> {
  for await (const piece of source) {
    if (target.destroyed) return
    const free = (error?: Error | null): void => {
      // What was not written may still be held.
      if (error === undefined || error === null) giveBack(piece)
    }
    if (!target.write(piece, free)) await roomIn(target)
  }
  target.end()
}

function roomIn(target: Writable): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      target.off('drain', done).off('close', done)
      resolve()
    }
    target.on('drain', done).on('close', done)
  })
}
