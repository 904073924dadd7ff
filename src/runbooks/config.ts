import {lateObject} from '../kinds/late-object.ts'
import {duration, secret} from '../config/fields.ts'

/** Shorter, and a moment of load takes for gone who is only slow. */
const SHORTEST_EXPIRY_MS = 2000

/** Locks that several hosts respect. Without this section locks hold among the runs of one state directory. */
export const sharedLocksSchema = lateObject(() => ({
  url: secret('postgres:// URL of the database that keeps the locks; one for all hosts that must not collide'),
  leaseDuration: duration('How long a lock outlives a host that is gone; it is renewed three times in that time')
    .refine(ms => ms >= SHORTEST_EXPIRY_MS, {error: 'should be at least 2s'})
    .default(30_000),
}))
