import type {CacheConfig} from '../../caches/config.ts'
import {OpsError} from '../../errors.ts'
import type {CommandContext} from '../command.ts'

/** The named cache of the environment, or its only one. Raises `usage/arguments` with the names there are. */
export function chooseCache(
  context: CommandContext,
  name: string | undefined,
): CacheConfig & {readonly environment: string} {
  const here = context.config().caches.filter(cache => cache.environment === context.environment().name)
  const found = name === undefined ? here : here.filter(cache => cache.name === name)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  throw new OpsError(
    'usage/arguments',
    name === undefined && here.length > 1
      ? 'there are several caches; name one'
      : `there is no cache${name === undefined ? '' : ` ${JSON.stringify(name)}`} in ${context.environment().name}`,
    {hint: `Configured: ${here.map(cache => cache.name).join(', ') || 'none'}.`},
  )
}
