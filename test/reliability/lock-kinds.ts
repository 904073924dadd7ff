/** The lock runbooks of the product, taken in one way by processes that contend for them. */
import type {LockAnswer, LostLock} from '../../src/runbooks/ports.ts'
import {openLockStore} from '../../src/store/locks.ts'
import {openSharedLocks} from '../../src/store/shared-locks/lock-store.ts'
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
    const locks = openLockStore({stateDir: place, clock: systemClock, hasUnknownStep: () => false})
    return {
      acquire: async resource => locks.acquire(claim(resource)),
      confirm: async () => locks.confirm(run),
      renew: () => locks.heartbeat(run),
      release: async () => void locks.release(run),
      close: () => locks.close(),
    }
  }
  const locks = openSharedLocks({
    url: async () => place,
    address: 'the locks',
    expiryMs,
    clock: systemClock,
    hasEnded: () => false,
  })
  return {
    acquire: resource => locks.acquire({...claim(resource), lock: `l-${run}`}),
    confirm: step => locks.confirm(step),
    renew: () => locks.renew(),
    release: () => locks.release(),
    close: () => locks.close(),
  }
}
