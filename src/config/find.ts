import {existsSync} from 'node:fs'
import path from 'node:path'
import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {CheckedConfigs} from './checked.ts'

export interface ConfigSource {
  /** Value of `--config`. */
  readonly file?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Asked before the file is read; raises when somebody else may have written it. */
  readonly admit?: ((file: string) => void) | undefined
  /** What was checked before; left out: everything is checked anew. */
  readonly checked?: CheckedConfigs | undefined
}

/** Where a configuration may be when nobody names one, in this order. */
export function searchPlaces({env, cwd}: ConfigSource): string[] {
  const home = env['XDG_CONFIG_HOME'] || (env['HOME'] && path.join(env['HOME'], '.config'))
  return [
    path.join(cwd, 'opsconsole.yaml'),
    ...(home ? [path.join(home, 'opsconsole', 'opsconsole.yaml')] : []),
    '/etc/opsconsole/opsconsole.yaml',
  ]
}

/** The absolute path of the configuration: `--config`, `$OPSCONSOLE_CONFIG`, else the first place that has one. */
export function findConfigFile(source: ConfigSource): string {
  const named = source.file ?? (source.env['OPSCONSOLE_CONFIG'] || undefined)
  if (named !== undefined) {
    const file = path.resolve(source.cwd, named)
    if (existsSync(file)) return file
    const by = source.file === undefined ? '$OPSCONSOLE_CONFIG' : '--config'
    throw new OpsError('config/missing', `there is no file ${escapeLine(file)} (from ${by})`, {
      hint: 'Check the path, or write a configuration there with `opsconsole init`.',
    })
  }
  const places = searchPlaces(source)
  const found = places.find(place => existsSync(place))
  if (found !== undefined) return found
  throw new OpsError(
    'config/missing',
    `no configuration found in ${places.map(place => escapeLine(place)).join(', ')}`,
    {
      hint: 'Write one with `opsconsole init`, or name one with --config FILE or $OPSCONSOLE_CONFIG.',
    },
  )
}
