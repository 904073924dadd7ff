import {type ConfigSource, findConfigFile} from './find.ts'
import {OpsError} from '../errors.ts'
import type {Trust} from '../trust/trust.ts'

/** Before a command begins: the state directory, and the configuration if there is one, are not what somebody else wrote. */
export function admitPlace(trust: Trust, stateDir: string, source: ConfigSource): void {
  trust.admitState(stateDir)
  const file = unlessMissing(() => findConfigFile(source))
  if (file !== undefined) trust.admit('the configuration', file)
}

/** Whoever needs one says that it is missing. */
function unlessMissing(find: () => string): string | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof OpsError && error.code === 'config/missing') return undefined
    throw error
  }
}
