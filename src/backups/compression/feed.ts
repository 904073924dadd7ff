import type {Writable} from 'node:stream'

/** Writes everything, waiting whenever the receiver is full. Stops without an error when it is gone: it says why. */
export async function feed(source: AsyncIterable<Uint8Array>, target: Writable): Promise<void> {
  for await (const piece of source) {
    if (target.destroyed) return
    if (!target.write(piece)) await roomIn(target)
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
