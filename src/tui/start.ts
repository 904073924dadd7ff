import {render} from 'ink'
import type {Instance} from 'ink'
import {createElement} from 'react'
import {messageOf} from '../errors.ts'
import {Console} from './Console.tsx'
import {createPerformer, readWorld} from './effects.ts'
import {farewell} from './farewell.ts'
import type {ConsolePort} from './port.ts'
import {createUiStore} from './state/store.ts'
import type {Effect} from './state/ui.ts'
import {openingState} from './state/ui.ts'
import {themeFrom} from './theme.ts'

export interface ConsoleOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** ASCII borders and glyphs; default by the locale. */
  readonly ascii?: boolean
  /** No colours; default by NO_COLOR and TERM. */
  readonly noColor?: boolean
  /** For slow links: what changes by itself is drawn at most every two seconds. Keys are answered at once. */
  readonly slow?: boolean
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Monotonic clock, ms; for tests. */
  readonly monotonic?: () => number
}

export interface ConsoleEnd {
  /** For the normal screen: the runs that were started or watched here. Empty when there were none. */
  readonly summary: string
  /** `hang-up`: the terminal is gone, so nothing should be printed any more. */
  readonly ending: 'quit' | 'hang-up' | 'signal'
}

/** Data is drawn at most this often, ms. */
const FRAME_MS = 83
const SLOW_FRAME_MS = 2000
/** A terminal that is gone must not keep the process: unmounting gets this long. */
const UNMOUNT_MS = 1000

/** Opens the console and resolves when it is left, by key, by signal, or because the terminal is gone. */
export async function startConsole(port: ConsolePort, options: ConsoleOptions): Promise<ConsoleEnd> {
  const env = options.env ?? process.env
  const monotonic = options.monotonic ?? (() => performance.now())
  const theme = {
    colour: !options.noColor && themeFrom(env).colour,
    ascii: options.ascii ?? themeFrom(env).ascii,
  }
  const ended = Promise.withResolvers<ConsoleEnd['ending']>()
  const size = sizeOf(options.stdout)
  const store = createUiStore({
    initial: openingState(readWorld(port, undefined), {...size, now: port.now()}),
    theme,
    perform: (effect: Effect) => performer.perform(effect),
  })
  // What cannot be read is told; the last picture stays, and its values fade as they grow old.
  const read = (): void => {
    try {
      store.dispatch({type: 'world', world: readWorld(port, store.state()), now: port.now(), at: monotonic()})
    } catch (error) {
      store.dispatch({type: 'world', world: store.state().world, now: port.now(), at: monotonic()})
      store.dispatch({type: 'told', text: `Cannot read right now: ${messageOf(error)}`, tone: 'bad'})
    }
  }
  let suspend = (_work: () => void): Promise<void> => Promise.reject(new Error('there is no screen yet'))
  const performer = createPerformer({
    port,
    dispatch: store.dispatch,
    monotonic,
    read,
    write: sequence => options.stdout.write(sequence),
    insideTmux: Boolean(env['TMUX']),
    quit: () => ended.resolve('quit'),
    suspended: work => suspend(work),
  })
  const onTerminal = (way: typeof suspend): void => {
    suspend = way
  }
  const app = render(createElement(Console, {store, monotonic, terminal: options.stdout, onTerminal}), {
    stdin: options.stdin,
    stdout: options.stdout,
    stderr: options.stderr,
    alternateScreen: true,
    incrementalRendering: true,
    concurrent: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 30,
  })
  const stopWatching = [
    watchPort(port, read, options.slow ? SLOW_FRAME_MS : FRAME_MS),
    watchTerminal(options, {
      resized: () => store.dispatch({type: 'resize', ...sizeOf(options.stdout)}),
      lost: () => ended.resolve('hang-up'),
    }),
    watchSignals(ending => ended.resolve(ending)),
  ]
  app.waitUntilExit().then(
    () => ended.resolve('quit'),
    (error: unknown) => ended.reject(error),
  )
  try {
    const ending = await ended.promise
    return {summary: ending === 'hang-up' ? '' : farewell(port, store.state().seen), ending}
  } finally {
    performer.stop()
    await leave(app, options)
    for (const stop of stopWatching) stop()
  }
}

const sizeOf = (stdout: NodeJS.WriteStream): {readonly columns: number; readonly rows: number} => ({
  columns: stdout.columns || 80,
  rows: stdout.rows || 24,
})

/** Reads when something may have changed, at most once a frame, and once a second for the clock and the ages. */
function watchPort(port: ConsolePort, read: () => void, frameMs: number): () => void {
  let pending: NodeJS.Timeout | undefined
  let lastRead = Number.NEGATIVE_INFINITY
  const readNow = (): void => {
    clearTimeout(pending)
    pending = undefined
    lastRead = performance.now()
    read()
  }
  const soon = (): void => {
    pending ??= setTimeout(readNow, Math.max(0, frameMs - (performance.now() - lastRead)))
  }
  const tick = setInterval(readNow, Math.max(1000, frameMs))
  const unsubscribe = port.subscribe(soon)
  return () => {
    clearInterval(tick)
    clearTimeout(pending)
    unsubscribe()
  }
}

/** A resize storm is drawn once; an input that ends or an output that fails means that the terminal is gone. */
function watchTerminal(
  {stdin, stdout}: ConsoleOptions,
  on: {readonly resized: () => void; readonly lost: () => void},
): () => void {
  let pending: NodeJS.Timeout | undefined
  const resized = (): void => {
    pending ??= setTimeout(() => {
      pending = undefined
      on.resized()
    }, 20)
  }
  stdout.on('resize', resized)
  // The error listeners stay: writes that were under way may fail after we have left.
  stdout.on('error', on.lost)
  stdin.on('error', on.lost)
  stdin.on('end', on.lost)
  stdin.on('close', on.lost)
  return () => {
    clearTimeout(pending)
    stdout.off('resize', resized)
    stdin.off('end', on.lost)
    stdin.off('close', on.lost)
  }
}

function watchSignals(end: (ending: ConsoleEnd['ending']) => void): () => void {
  const handlers = [
    ['SIGHUP', () => end('hang-up')],
    ['SIGTERM', () => end('signal')],
    ['SIGINT', () => end('signal')],
  ] as const
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
}

/** Gives the terminal back. On a terminal that is gone every call may throw or never finish. */
async function leave(app: Instance, {stdin}: ConsoleOptions): Promise<void> {
  const deadline = Promise.withResolvers<void>()
  const timer = setTimeout(deadline.resolve, UNMOUNT_MS)
  try {
    app.unmount()
    await Promise.race([app.waitUntilExit(), deadline.promise])
  } catch {
    // Nothing is left to give back.
  } finally {
    clearTimeout(timer)
    stdin.pause()
  }
}
