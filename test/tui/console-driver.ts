import {PassThrough, Writable} from 'node:stream'
import xterm from '@xterm/headless'
import type {Terminal} from '@xterm/headless'
import type {LastScreenPlace} from '../../src/tui/last-screen.ts'
import type {ConsoleEnd} from '../../src/tui/start.ts'
import {startConsole} from '../../src/tui/start.ts'
import {ASK} from '../../src/tui/paint/receipts.ts'
import {QUESTIONS} from '../../src/tui/terminal-replies.ts'
import {FakePort} from './fake-port.ts'

const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  pgup: '\x1b[5~',
  pgdn: '\x1b[6~',
  home: '\x1b[H',
  end: '\x1b[F',
  space: ' ',
  backspace: '\x7f',
  'ctrl-c': '\x03',
  'ctrl-r': '\x12',
}

export interface Driver {
  readonly port: FakePort
  readonly terminal: Terminal
  /** Everything that was written, for counting bytes and looking for sequences. */
  readonly written: () => string
  readonly screen: () => string
  /** One key by name, or text typed key by key. Waits until the screen has taken it. */
  press(key: string): Promise<Driver>
  type(text: string): Promise<Driver>
  paste(text: string): Promise<Driver>
  /** Waits until the text is on the screen. */
  see(text: string | RegExp): Promise<Driver>
  gone(text: string | RegExp): Promise<Driver>
  /** Lets the guard of a question that has just appeared run out. */
  wait(ms: number): Driver
  until(what: string, ready: () => boolean): Promise<void>
  /** Waits until nothing has been written for a while; the number of characters written so far. */
  settled(): Promise<number>
  resize(columns: number, rows: number): Promise<Driver>
  /** The terminal says another size than it has. */
  saySize(columns: number, rows: number): void
  hangUp(): void
  readonly ended: Promise<ConsoleEnd>
  stop(): Promise<void>
}

export interface DriverOptions {
  readonly columns?: number
  readonly rows?: number
  readonly port?: FakePort
  readonly ascii?: boolean
  readonly noColor?: boolean
  readonly slow?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** The terminal does not say how large it is, as in `docker exec` and on serial lines. */
  readonly unsized?: boolean
  /** Its reply when it is asked for its background. */
  readonly background?: string
  /** It gives no replies at all. */
  readonly silent?: boolean
  readonly lastScreen?: LastScreenPlace
  /** Told of each piece that is written, before the terminal has it. */
  readonly wrote?: (bytes: string) => void
}

const DEADLINE_MS = 10_000

/** The real console on a terminal emulator in memory: keys go in as bytes, the screen is read from the emulator's cells. */
export function openConsole(options: DriverOptions = {}): Driver {
  const {columns = 80, rows = 24} = options
  const port = options.port ?? new FakePort()
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, convertEol: true})
  let written = ''
  let clock = 1_000_000
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString('utf8')
      options.wrote?.(chunk.toString('utf8'))
      terminal.write(chunk, done)
      if (options.silent) return
      // As every terminal does; of its background it says what the test wants.
      if (written.endsWith(QUESTIONS)) stdin.write(`${options.background ?? ''}\x1b[?62c`)
      if (written.endsWith(ASK)) stdin.write('\x1b[0n')
    },
  })
  const stdout = Object.assign(sink, {isTTY: true, ...(options.unsized ? {columns: 0, rows: 0} : {columns, rows})})
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(value: boolean) {
      this.isRaw = value
      return this
    },
    ref() {
      return this
    },
    unref() {
      return this
    },
  })
  const ended = startConsole(port, {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stdout as unknown as NodeJS.WriteStream,
    ascii: options.ascii ?? false,
    noColor: options.noColor ?? false,
    slow: options.slow ?? false,
    env: options.env ?? {TERM: 'xterm-256color', LANG: 'C.UTF-8'},
    monotonic: () => clock,
    ...(options.lastScreen ? {lastScreen: options.lastScreen} : {}),
  })
  ended.catch(() => {})

  const screen = (): string => {
    const buffer = terminal.buffer.active
    const lines = Array.from(
      {length: terminal.rows},
      (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '',
    )
    return lines.join('\n')
  }
  const matches = (wanted: string | RegExp): boolean =>
    typeof wanted === 'string' ? screen().includes(wanted) : wanted.test(screen())
  const until = async (what: string, ready: () => boolean): Promise<void> => {
    const end = Date.now() + DEADLINE_MS
    while (!ready()) {
      if (Date.now() > end) throw new Error(`waited for ${what}; the screen was:\n${screen()}`)
      await new Promise(resolve => setTimeout(resolve, 3))
    }
  }
  /** All input is read and painted. */
  const taken = async (): Promise<void> => {
    await until('the key to be read', () => stdin.readableLength === 0)
    // A lone Esc is held back 20 ms by the parser, to tell it from a sequence.
    await new Promise(resolve => setTimeout(resolve, 45))
  }
  const send = async (bytes: string): Promise<Driver> => {
    stdin.write(bytes)
    await taken()
    return driver
  }
  const driver: Driver = {
    port,
    terminal,
    written: () => written,
    screen,
    press: key => send(KEYS[key] ?? key),
    type: text => send(text),
    paste: text => send(`\x1b[200~${text}\x1b[201~`),
    async see(wanted) {
      await until(String(wanted), () => matches(wanted))
      return driver
    },
    async gone(wanted) {
      await until(`${String(wanted)} to go away`, () => !matches(wanted))
      return driver
    },
    until,
    async settled() {
      for (let before = -1; before !== written.length; ) {
        before = written.length
        await new Promise(resolve => setTimeout(resolve, 120))
      }
      return written.length
    },
    wait(ms) {
      clock += ms
      return driver
    },
    async resize(nextColumns, nextRows) {
      terminal.resize(nextColumns, nextRows)
      this.saySize(nextColumns, nextRows)
      await new Promise(resolve => setTimeout(resolve, 80))
      return driver
    },
    saySize(nextColumns, nextRows) {
      Object.assign(stdout, {columns: nextColumns, rows: nextRows})
      stdout.emit('resize')
    },
    hangUp() {
      stdin.emit('end')
    },
    ended,
    async stop() {
      stdin.write('\x03')
      await ended.catch(() => {})
    },
  }
  return driver
}
