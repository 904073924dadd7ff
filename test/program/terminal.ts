import {spawn} from '@lydell/node-pty'
import xterm from '@xterm/headless'
import type {Program} from './program.ts'
import {createPipe, type Pipe, type PipeOptions} from './slow-link.ts'

const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  up: '\x1b[A',
  down: '\x1b[B',
  pgup: '\x1b[5~',
  pgdn: '\x1b[6~',
  'ctrl-c': '\x03',
}

/** A question that has just appeared ignores keys for 300 ms; it appears before it is drawn. */
const GUARD_MS = 350
const DEADLINE_MS = 45_000
const NO_LINK: PipeOptions = {bytesPerSecond: Number.POSITIVE_INFINITY, delayMs: 0}

/** The program in a real pseudo-terminal, and the screen that a person would see. */
export interface TerminalProgram {
  readonly pid: number
  /** Keys by name (`enter`, `esc`, `down`) or letter, all in one write as a slow link delivers them. */
  press(...keys: readonly string[]): void
  /** Text, letter by letter in one write. */
  type(text: string): void
  /** The screen as text: as many lines as the terminal has rows. */
  screen(): string
  /** Everything that was ever written to the terminal. */
  raw(): string
  /** Waits until it stands on the screen; fails with the screen. */
  see(wanted: string | RegExp, ms?: number): Promise<void>
  gone(unwanted: string | RegExp, ms?: number): Promise<void>
  /** Waits for a question, and until it takes keys. */
  question(wanted: string | RegExp, ms?: number): Promise<void>
  resize(columns: number, rows: number): void
  /** The way from the program to the terminal. */
  readonly down: Pipe
  signal(name: NodeJS.Signals): void
  /** Closes the terminal, as a lost connection or a closed window does. */
  hangUp(): void
  readonly alternate: () => boolean
  readonly cursorShown: () => boolean
  /** What is left on the normal screen, above it included. */
  normalScreen(): string
  readonly ended: Promise<{readonly code: number; readonly signal: number}>
  /** Ends it if it still runs. */
  stop(): Promise<void>
}

export interface TerminalOptions {
  readonly args?: readonly string[]
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
  /** Whether it says what it is, and that what was written has arrived, when it is asked. */
  readonly answers?: boolean
  /** What lies between the program and the terminal, each way. */
  readonly link?: PipeOptions
  /** Another way to the program, such as `ssh -tt HOST COMMAND`; given the command line that starts it there. */
  readonly through?: (commandLine: string) => readonly [string, ...string[]]
}

export function openTerminal(
  program: Program,
  {args = [], columns = 120, rows = 40, env = {}, answers = false, link, through}: TerminalOptions = {},
): TerminalProgram {
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  const [file, ...argv] = through?.(commandLine(program, args)) ?? [process.execPath, program.cli, ...args]
  const pty = spawn(file, argv, {
    // This name is what TERM becomes.
    name: env['TERM'] ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd: program.dir,
    env: {...program.env, LANG: 'C.UTF-8', ...env},
  })
  let raw = ''
  const up = link ? createPipe(link, data => pty.write(Buffer.from(data).toString('latin1'))) : undefined
  const send = (keys: string): void => (up ? up.send(keys) : pty.write(keys))
  const down = createPipe(link ?? NO_LINK, data => terminal.write(data))
  pty.onData(data => {
    raw += data
    if (link) down.send(data)
    else terminal.write(data)
  })
  if (answers) terminal.onData(send)
  let over = false
  const ended = new Promise<{code: number; signal: number}>(resolve =>
    pty.onExit(({exitCode, signal = 0}) => {
      over = true
      // What was written last is still on its way into the emulator.
      terminal.write('', () => resolve({code: exitCode, signal}))
    }),
  )
  // A line keeps what stood beyond the edge before the terminal became narrower.
  const lines = (buffer: xterm.IBuffer, from: number, count: number): string =>
    Array.from(
      {length: count},
      (_, row) => buffer.getLine(from + row)?.translateToString(true, 0, terminal.cols) ?? '',
    ).join('\n')
  const screen = (): string => lines(terminal.buffer.active, terminal.buffer.active.baseY, terminal.rows)
  const shows = (wanted: string | RegExp): boolean =>
    typeof wanted === 'string' ? screen().includes(wanted) : wanted.test(screen())
  const until = async (what: string, condition: () => boolean, ms: number): Promise<void> => {
    for (const deadline = performance.now() + ms; !condition(); await pause(25))
      if (performance.now() > deadline)
        throw new Error(`waited ${ms / 1000} s for ${what}${over ? ' (it has ended)' : ''}; the screen:\n${screen()}`)
  }
  const see = (wanted: string | RegExp, ms = DEADLINE_MS): Promise<void> =>
    until(String(wanted), () => shows(wanted), ms)
  return {
    pid: pty.pid,
    press: (...keys) => send(keys.map(key => KEYS[key] ?? key).join('')),
    type: send,
    screen,
    raw: () => raw,
    see,
    gone: (unwanted, ms = DEADLINE_MS) => until(`the end of ${String(unwanted)}`, () => !shows(unwanted), ms),
    question: async (wanted, ms) => {
      await see(wanted, ms)
      await pause(GUARD_MS)
    },
    resize: (newColumns, newRows) => {
      terminal.resize(newColumns, newRows)
      pty.resize(newColumns, newRows)
    },
    down,
    signal: name => void process.kill(pty.pid, name),
    hangUp: () => (pty as unknown as {destroy(): void}).destroy(),
    alternate: () => terminal.buffer.active.type === 'alternate',
    cursorShown: () => raw.lastIndexOf('\x1b[?25h') >= raw.lastIndexOf('\x1b[?25l'),
    normalScreen: () => lines(terminal.buffer.normal, 0, terminal.buffer.normal.length).trimEnd(),
    ended,
    stop: async () => {
      if (!over) pty.kill('SIGKILL')
      await ended
    },
  }
}

/** For a shell that knows nothing of this one's directory and variables. */
function commandLine(program: Program, args: readonly string[]): string {
  const quoted = (word: string): string => `'${word}'`
  const env = Object.entries({...program.env, LANG: 'C.UTF-8'}).map(([name, value]) => `${name}=${quoted(value)}`)
  return `cd ${quoted(program.dir)} && exec env ${env.join(' ')} ${[process.execPath, program.cli, ...args].map(quoted).join(' ')}`
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
