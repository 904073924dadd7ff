import {OpsError} from '../errors.ts'
import type {Environment} from './environment.ts'
import type {Config} from './schema.ts'

/** The environment that was named, else the only one. Raises `config/environment`. */
export function chooseEnvironment(config: Config, name: string | undefined): Environment {
  const names = config.environments.map(environment => environment.name).join(', ')
  const found =
    name === undefined ? config.environments : config.environments.filter(environment => environment.name === name)
  const [only] = found
  if (only && found.length === 1) return only
  throw new OpsError(
    'config/environment',
    name === undefined
      ? 'there are several environments; say which one'
      : `there is no environment ${JSON.stringify(name)}`,
    {hint: `Give --env with one of: ${names}.`},
  )
}
