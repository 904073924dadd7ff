import {render} from 'ink'
import {createElement} from 'react'
import {askProgram} from '../../processes/ask-program.ts'
import {throughTmux} from '../clipboard.ts'
import {farewell} from '../farewell.ts'
import {tame} from '../layout/text.ts'
import type {ConsolePort} from '../port.ts'
import type {ConsoleEnd, ConsoleOptions} from '../start.ts'
import {terminalSize, watchSignals, watchStops, watchTerminal} from '../terminal-watch.ts'
import {watchPort} from '../watch-port.ts'
import {PlainConsole} from './PlainConsole.tsx'
import {paceOf} from './pace.ts'
import {openSession} from './session.ts'

export interface PlainOptions
  extends Pick<ConsoleOptions, 'stdin' | 'stdout' | 'stderr' | 'env' | 'slow' | 'monotonic'> {
  /** Ink writes for a screen reader: nothing is drawn twice. */
  readonly screenReader: boolean
}

/** A terminal that is gone must not keep the process: unmounting gets this long. */
const UNMOUNT_MS = 1000

/** The console as lines and prompts on the primary screen: no frames, no cursor that jumps. The same state and the same actions. */
export async function startPlain(port: ConsolePort, options: PlainOptions): Promise<ConsoleEnd> {
  const {stdin, stdout, stderr} = options
  const env = options.env ?? process.env
  const ended = Promise.withResolvers<ConsoleEnd['ending']>()
  let suspendInput = (_work: () => void): Promise<void> => Promise.reject(new Error('there is no terminal yet'))
  const session = openSession(port, {
    monotonic: options.monotonic ?? (() => performance.now()),
    write: sequence => stdout.write(sequence),
    tmux: env['TMUX'] ? text => askProgram(['tmux', 'load-buffer', '-w', '-'], text) !== undefined : undefined,
    quit: () => ended.resolve('quit'),
    suspended: work => suspendInput(work),
    alarm: text => {
      if (stdout.isTTY) stdout.write(alarmSequence(text, env['TMUX'] !== undefined))
    },
  })
  const app = render(
    createElement(PlainConsole, {
      voice: session.voice,
      onKey: session.key,
      onPaste: session.paste,
      onTerminal: suspend => {
        suspendInput = suspend
      },
    }),
    {
      stdin,
      stdout,
      stderr,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: options.screenReader,
    },
  )
  app.waitUntilExit().then(
    () => ended.resolve('quit'),
    (error: unknown) => ended.reject(error),
  )
  const stopWatching = [
    watchPort(port, session.read, paceOf(options)),
    watchTerminal(options, {resized: () => {}, lost: () => ended.resolve('hang-up')}),
    watchSignals(ending => ended.resolve(ending)),
    watchStops(work => suspendInput(work)),
  ]
  try {
    const ending = await ended.promise
    // A screen reader reads a line as a whole.
    const columns = options.screenReader ? Number.POSITIVE_INFINITY : terminalSize(stdout, env).columns
    return {summary: ending === 'hang-up' ? '' : farewell({...session.state(), columns}, port), ending}
  } finally {
    session.stop()
    for (const stop of stopWatching) stop()
    await leave(app)
    stdin.pause()
  }
}

/** The bell, and a notification where the terminal knows OSC 9. */
export function alarmSequence(text: string, insideTmux: boolean): string {
  const notification = `\x1b]9;${tame(text).replaceAll(';', ',')}\x07`
  return `\x07${insideTmux ? throughTmux(notification) : notification}`
}

async function leave(app: ReturnType<typeof render>): Promise<void> {
  const deadline = Promise.withResolvers<void>()
  const timer = setTimeout(deadline.resolve, UNMOUNT_MS)
  try {
    app.unmount()
    await Promise.race([app.waitUntilExit(), deadline.promise])
  } catch {
    // Nothing is left to give back.
  }
  clearTimeout(timer)
}
