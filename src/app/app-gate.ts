import {type Gate, openGate} from '../admission/gate.ts'
import type {AuditLog} from '../audit/record.ts'
import type {Config} from '../config/schema.ts'
import {unlessMissing} from '../config/unless-missing.ts'

export interface AppGateTools {
  readonly readOnly?: boolean
  readonly despiteBrokenTrail?: string | undefined
  readonly audit: () => AuditLog
  readonly current: () => Config
  readonly brokenTrail: () => string | undefined
}

/** The gate of this process: by its own flags, by the trail, and by the configuration as it is at that moment. */
export const openAppGate = ({readOnly, despiteBrokenTrail, audit, current, brokenTrail}: AppGateTools): Gate =>
  openGate({
    audit,
    circumstances: () => ({
      readOnlyFlag: readOnly === true,
      config: () => unlessMissing(current),
      brokenTrail,
      despiteBrokenTrail,
    }),
  })
