import {type Gate, openGate} from '../admission/gate.ts'
import type {AuditLog} from '../audit/record.ts'
import type {Config} from '../config/schema.ts'
import {OpsError} from '../errors.ts'

/** The gate of this process: by its own flag, and by the configuration as it is at that moment. */
export const openAppGate = (readOnly: boolean, audit: () => AuditLog, current: () => Config): Gate =>
  openGate({audit, circumstances: () => ({readOnlyFlag: readOnly, config: () => unlessMissing(current)})})

/** A state directory alone, without any configuration, has no policy and no protected environment. */
function unlessMissing(config: () => Config): Config | undefined {
  try {
    return config()
  } catch (error) {
    if (error instanceof OpsError && error.code === 'config/missing') return undefined
    throw error
  }
}
