/** The lock books of the product, taken in one way by processes that contend for them. */
import type {LockAnswer, LostLock} from '../../src/runbooks/ports.ts'
import {openLockBook} from '../../src/store/locks.ts'
import {openSharedLocks} from '../../src/store/shared-locks/book.ts'
import {systemClock} from '../../src/units/clock.ts'

export type Kind = 'local' | 'shared'

export interface Contended {
  acquire(resource: string): Promise<LockAnswer>
  confirm(step: string): Promise<LostLock | undefined>
  renew(): void
  release(): Promise<void>
  close(): void
}

/** `place` is a state directory, or the URL of a PostgreSQL. */
export function openContended(kind: Kind, place: string, run: string, expiryMs = 30_000): Contended {
  const claim = (resource: string) => ({resource, run, actor: 'ada', reason: 'test'})
  if (kind === 'local') {
    const book = openLockBook({stateDir: place, clock: systemClock, hasUnknownStep: () => false})
    return {
      acquire: async resource => book.acquire(claim(resource)),
      confirm: async () => book.confirm(run),
      renew: () => book.heartbeat(run),
      release: async () => void book.release(run),
      close: () => book.close(),
    }
  }
  const book = openSharedLocks({
    url: async () => place,
    address: 'the locks',
    expiryMs,
    clock: systemClock,
    hasEnded: () => false,
  })
  return {
    acquire: resource => book.acquire({...claim(resource), lock: `l-${run}`}),
    confirm: step => book.confirm(step),
    renew: () => book.renew(),
    release: () => book.release(),
    close: () => book.close(),
  }
}
