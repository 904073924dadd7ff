import {type Gate, openGate} from '../admission/gate.ts'
import type {AuditLog} from '../audit/record.ts'
import type {Config} from '../config/schema.ts'
import {unlessMissing} from '../config/unless-missing.ts'
import {certificatesUnchecked} from '../processes/environment.ts'

export interface AppGateTools {
  readonly readOnly?: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly despiteBrokenTrail?: string | undefined
  readonly audit: () => AuditLog
  readonly current: () => Config
  readonly brokenTrail: () => string | undefined
}

/** The gate of this process: by its own flags, by the trail, and by the configuration as it is at that moment. */
export const openAppGate = ({readOnly, env, despiteBrokenTrail, audit, current, brokenTrail}: AppGateTools): Gate =>
  openGate({
    audit,
    circumstances: () => ({
      readOnlyFlag: readOnly === true,
      config: () => unlessMissing(current),
      certificatesUnchecked: certificatesUnchecked(env),
      brokenTrail,
      despiteBrokenTrail,
    }),
  })
