import type {ResolveSecret} from '../../config/fields.ts'
import type {Config} from '../../config/schema.ts'
import {addressOfRef} from '../../connections/address.ts'
import type {RunStore} from '../../runs/ports.ts'
import {outcomeOf} from '../../runs/read-state.ts'
import {systemClock} from '../../units/clock.ts'
import {openSharedLocks, type SharedLockStore} from './lock-store.ts'

/** Locks that other hosts respect, where the configuration has them. */
export function configuredSharedLocks(parts: {
  readonly config: Config
  readonly secret: ResolveSecret
  readonly runs: RunStore
}): SharedLockStore | undefined {
  if (parts.config.sharedLocks === undefined) return undefined
  const {url, leaseDuration} = parts.config.sharedLocks
  return openSharedLocks({
    url: () => parts.secret(url),
    address: addressOfRef(url),
    expiryMs: leaseDuration,
    clock: systemClock,
    hasEnded: run => outcomeOf(parts.runs, run) !== undefined,
  })
}
