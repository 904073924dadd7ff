import {OpsError} from '../errors.ts'
import type {EarlyPicture} from './early-picture.ts'
import type {LastScreenPlace} from './last-screen.ts'
import type {ConsolePort} from './port.ts'
import type {ConsoleEnd} from './start.ts'
import {THEME_NAMES} from './themes.ts'

interface Opened {
  /** Flags of the command line, and the environment of the process. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly early: EarlyPicture | undefined
  readonly lastScreen: LastScreenPlace
}

/** Raises when a flag has a value that means nothing, before anything is opened. */
export function checkFlags({theme}: Opened['flags']): void {
  if (typeof theme !== 'string' || THEME_NAMES.includes(theme)) return
  throw new OpsError('usage/arguments', `there is no theme ${JSON.stringify(theme)}`, {
    hint: `There are ${THEME_NAMES.join(', ')}.`,
  })
}

/** Opens the console on this terminal: its screens, or its lines and prompts where those are asked for. */
export async function openByFlags(port: ConsolePort, {flags, env, early, lastScreen}: Opened): Promise<ConsoleEnd> {
  const slow = flags['slow'] === true
  const terminal = {stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env, slow}
  const screenReader = flags['screen-reader'] === true || env['INK_SCREEN_READER'] === 'true'
  if (screenReader || flags['plain'] === true) {
    const {startPlain} = await import('./plain/start-plain.ts')
    return startPlain(port, {...terminal, screenReader})
  }
  const {startConsole} = await import('./start.ts')
  return startConsole(port, {
    ...terminal,
    early,
    lastScreen,
    ...(typeof flags['theme'] === 'string' ? {theme: flags['theme']} : {}),
    ...(flags['ascii'] === true ? {ascii: true} : {}),
    ...(flags['no-color'] === true ? {noColor: true} : {}),
  })
}
