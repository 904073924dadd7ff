import {messageOf} from '../errors.ts'
import {askProgram} from '../processes/ask-program.ts'
import {createPerformer, readWorld} from './effects.ts'
import type {ConsoleInputProps} from './ConsoleInput.tsx'
import type {EarlyPicture} from './early-picture.ts'
import {farewell} from './farewell.ts'
import type {InkInput} from './ink.ts'
import {keepLastScreen, type LastScreenPlace} from './last-screen.ts'
import {createReceipts, type Receipts} from './paint/receipts.ts'
import {createScreen, type Screen} from './paint/screen.ts'
import type {ConsolePort} from './port.ts'
import {framePace} from './frame-pace.ts'
import {askedToStart} from './overlays/start.ts'
import {frame} from './screens/frame.ts'
import {createUiStore, type UiStore} from './state/store.ts'
import {openingState, overviewOf, type UiState} from './state/ui.ts'
import {terminalSize, watchSignals, watchStops, watchTerminal} from './terminal-watch.ts'
import {type Theme, themeFrom, tonesOf} from './theme.ts'
import {type Background, backgroundFrom, hasManyColours, paletteOf} from './themes.ts'
import {type AskedBackground, askBackground, givesReceipts} from './ask-background.ts'
import {every, watchPort} from './watch-port.ts'

export interface ConsoleOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** ASCII borders and glyphs; default by the locale. */
  readonly ascii?: boolean
  /** No colours; default by NO_COLOR and TERM. */
  readonly noColor?: boolean
  /** Name of a theme; default: the terminal's own colours. */
  readonly theme?: string
  /** For slow links: what changes by itself is drawn at most every two seconds. Keys are answered at once. */
  readonly slow?: boolean
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What the start has shown and kept until now. */
  readonly early?: EarlyPicture | undefined
  /** Where the overview is kept for the next start. */
  readonly lastScreen?: LastScreenPlace
  /** Monotonic clock, ms; for tests. */
  readonly monotonic?: () => number
}

export interface ConsoleEnd {
  /** For the normal screen: the runs that were started or watched here. Empty when there were none. */
  readonly summary: string
  /** `hang-up`: the terminal is gone, so nothing should be printed any more. */
  readonly ending: 'quit' | 'hang-up' | 'signal'
}

/** A console that is killed leaves a screen for the next start that is at most so old. */
const KEEP_MS = 60_000
/** A terminal that is gone must not keep the process: unmounting gets this long. */
const UNMOUNT_MS = 1000

/** Opens the console and resolves when it is left, by key, by signal, or because the terminal is gone. */
export async function startConsole(port: ConsolePort, options: ConsoleOptions): Promise<ConsoleEnd> {
  const {stdout} = options
  const env = options.env ?? process.env
  const monotonic = options.monotonic ?? (() => performance.now())
  const ended = Promise.withResolvers<ConsoleEnd['ending']>()
  const store = createUiStore({
    initial: openingState(readWorld(port, undefined), {...terminalSize(stdout, env), now: port.now()}),
    perform: effect => performer.perform(effect),
    changed: () => (screen.changed(), getReady(port, store.state())),
  })
  const receipts = createReceipts({
    slow: options.slow === true,
    asks: givesReceipts(env['TERM']),
    ready: () => screen.changed(),
  })
  const {theme, background} = coloursOf(options, env, {receipts, changed: () => screen.recolour()})
  const screen = createScreen({
    stdout,
    theme,
    receipts,
    picture: () => pictureOf(store.state()),
    size: () => terminalSize(stdout, env),
  })
  const read = (): void => readInto(store, port, monotonic)
  const opened = store.state().world.snapshot.environment.name
  const keep = (): void => keepOverview(store.state(), {place: options.lastScreen, opened, ascii: theme().ascii})
  // Until Ink reads the keys nobody does, and only the mode of the terminal is to be given back.
  let suspendInput = async (work: () => void): Promise<void> => withoutRawMode(options.stdin, work)
  const suspended = async (work: () => void): Promise<void> => {
    await background.settle()
    return suspendInput(() => without(screen, work))
  }
  const performer = createPerformer({
    port,
    dispatch: store.dispatch,
    monotonic,
    read,
    write: sequence => stdout.write(sequence),
    // By default tmux takes no clipboard from a program, but by its own command.
    tmux: env['TMUX'] ? text => askProgram(['tmux', 'load-buffer', '-w', '-'], text) !== undefined : undefined,
    quit: () => ended.resolve('quit'),
    suspended,
  })
  const stopWatching = [
    watchPort(port, read, () => framePace(store.state(), options.slow)),
    watchTerminal(options, {
      resized: () => store.dispatch({type: 'resize', ...terminalSize(stdout, env)}),
      lost: () => ended.resolve('hang-up'),
    }),
    watchSignals(ending => ended.resolve(ending)),
    watchStops(suspended),
    every(KEEP_MS, keep),
  ]
  let input: InkInput | undefined
  let left = false
  try {
    input = await begin(options, {
      screen,
      background,
      onKey: key => left || store.dispatch({type: 'key', key, at: monotonic()}),
      onPaste: text => left || store.dispatch({type: 'paste', text, at: monotonic()}),
      onTerminal: suspend => {
        suspendInput = suspend
      },
    })
    input.ended.then(
      () => ended.resolve('quit'),
      (error: unknown) => ended.reject(error),
    )
    const ending = await ended.promise
    left = true
    // A terminal that gives no replies is waited for, and whoever waits may be killed.
    keep()
    // First, for on a slow link it arrives behind all that was written.
    screen.leave()
    if (ending !== 'hang-up') await background.leave()
    return {summary: ending === 'hang-up' ? '' : farewell(store.state(), port), ending}
  } finally {
    if (!left) keep()
    performer.stop()
    await leave(input, screen, options)
    for (const stop of stopWatching) stop()
  }
}

const pictureOf = (state: UiState) => ({frame: frame(state), columns: state.columns, rows: state.rows})

/** What cannot be read is told; the last picture stays, and its values fade as they grow old. */
function readInto(store: UiStore, port: ConsolePort, monotonic: () => number): void {
  try {
    store.dispatch({type: 'world', world: readWorld(port, store.state()), now: port.now(), at: monotonic()})
  } catch (error) {
    store.dispatch({type: 'world', world: store.state().world, now: port.now(), at: monotonic()})
    store.dispatch({type: 'told', text: `Cannot read right now: ${messageOf(error)}`, tone: 'bad'})
  }
}

interface Kept {
  readonly place: LastScreenPlace | undefined
  /** The environment that was opened. */
  readonly opened: string
  readonly ascii: boolean
}

function keepOverview(state: UiState, {place, opened, ascii}: Kept): void {
  const {columns, world} = state
  // The next start opens that environment again, not the one that somebody went to.
  if (!place || world.snapshot.environment.name !== opened) return
  keepLastScreen(place, {columns, ascii, at: world.snapshot.at, frame: frame(overviewOf(state))})
}

/** While a start is asked for, whoever will start it gets ready. */
function getReady(port: ConsolePort, state: UiState): void {
  const asked = askedToStart(state)
  if (asked !== 'starting') port.standBy(asked)
}

/** The theme as it is now, and the terminal that may say that its background is another one. */
function coloursOf(
  options: ConsoleOptions,
  env: NonNullable<ConsoleOptions['env']>,
  on: {readonly receipts: Receipts; readonly changed: () => void},
): {readonly theme: () => Theme; readonly background: AskedBackground} {
  let shown = backgroundFrom(env)
  let theme = chosenTheme(options, env, shown)
  const found = (background: Background): void => {
    if (background === shown) return
    shown = background
    theme = chosenTheme(options, env, background)
    on.changed()
  }
  const background = askBackground(options, env, {found, receipts: on.receipts})
  return {theme: () => theme, background}
}

function chosenTheme(
  {noColor, ascii, theme = 'terminal'}: ConsoleOptions,
  env: NonNullable<ConsoleOptions['env']>,
  background: Background,
): Theme {
  const usual = themeFrom(env)
  const tones = tonesOf(paletteOf(theme, background, hasManyColours(env)))
  return {colour: !noColor && usual.colour, ascii: ascii ?? usual.ascii, tones}
}

interface Begun extends ConsoleInputProps {
  readonly screen: Screen
  readonly background: AskedBackground
}

/** Paints, and only then loads what reads the keys; those that were typed until now come first. */
async function begin(options: ConsoleOptions, {screen, background, ...input}: Begun): Promise<InkInput> {
  const typed = options.early?.takeOver()
  // What is typed from here on is not shown by the terminal itself, and neither is its answer.
  options.stdin.setRawMode(true)
  background.ask()
  screen.enter(typed !== undefined)
  const {readInput} = await import('./ink.ts')
  if (typed && typed.length > 0) options.stdin.unshift(typed)
  return readInput({...options, stdin: background.stdin}, input)
}

function without(screen: Screen, work: () => void): void {
  screen.leave()
  try {
    work()
  } finally {
    screen.enter()
  }
}

function withoutRawMode(stdin: NodeJS.ReadStream, work: () => void): void {
  stdin.setRawMode(false)
  try {
    work()
  } finally {
    stdin.setRawMode(true)
  }
}

/** Gives the terminal back. On one that is gone every call may throw or never finish. */
async function leave(input: InkInput | undefined, screen: Screen, {stdin}: ConsoleOptions): Promise<void> {
  const deadline = Promise.withResolvers<void>()
  const timer = setTimeout(deadline.resolve, UNMOUNT_MS)
  try {
    input?.stop()
    await Promise.race([input?.ended, deadline.promise])
  } catch {
    // Nothing is left to give back.
  }
  const given = new Promise<void>(resolve => screen.leave(resolve))
  await Promise.race([given, deadline.promise])
  clearTimeout(timer)
  stdin.setRawMode(false)
  stdin.pause()
}
