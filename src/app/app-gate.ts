import {type Gate, openGate} from '../admission/gate.ts'
import type {AuditLog} from '../audit/record.ts'
import type {Config} from '../config/schema.ts'
import {unlessMissing} from '../config/unless-missing.ts'
import {certificatesUnchecked} from '../processes/environment.ts'
import type {Clock} from '../units/clock.ts'

export interface AppGateTools {
  readonly readOnly?: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly despiteBrokenTrail?: string | undefined
  readonly overrideFreeze?: string | undefined
  readonly clock: Clock
  readonly audit: () => AuditLog
  readonly current: () => Config
  readonly brokenTrail: () => string | undefined
}

/** The gate of this process: by its own flags, by the trail, and by the configuration as it is at that moment. */
export const openAppGate = ({audit, current, brokenTrail, clock, ...options}: AppGateTools): Gate =>
  openGate({
    audit,
    circumstances: () => ({
      readOnlyFlag: options.readOnly === true,
      config: () => unlessMissing(current),
      certificatesUnchecked: certificatesUnchecked(options.env),
      brokenTrail,
      despiteBrokenTrail: options.despiteBrokenTrail,
      overrideFreeze: options.overrideFreeze,
      now: () => clock.now(),
    }),
  })
