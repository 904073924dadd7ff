import {OpsError} from '../errors.ts'
import type {Config} from './schema.ts'

/** A state directory alone, without any configuration, has no policy and no protected environment. */
export function unlessMissing(config: () => Config): Config | undefined {
  try {
    return config()
  } catch (error) {
    if (error instanceof OpsError && error.code === 'config/missing') return undefined
    throw error
  }
}
