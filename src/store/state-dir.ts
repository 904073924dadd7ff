import path from 'node:path'
import {OpsError} from '../errors.ts'

/** `$OPSCONSOLE_STATE_DIR`, else `$XDG_STATE_HOME/opsconsole`, else `~/.local/state/opsconsole`. Always absolute. */
export function stateDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const own = env['OPSCONSOLE_STATE_DIR']
  if (own) return path.resolve(own)
  const xdg = env['XDG_STATE_HOME']
  if (xdg) return path.resolve(xdg, 'opsconsole')
  const home = env['HOME']
  if (!home)
    throw new OpsError(
      'state/unwritable',
      'no place for the state directory: neither OPSCONSOLE_STATE_DIR, XDG_STATE_HOME nor HOME is set',
      {hint: 'Set OPSCONSOLE_STATE_DIR to a directory you can write.'},
    )
  return path.join(home, '.local', 'state', 'opsconsole')
}
