import {spawn} from '@lydell/node-pty'
import xterm from '@xterm/headless'
import type {Terminal} from '@xterm/headless'

const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  down: '\x1b[B',
  up: '\x1b[A',
  'ctrl-r': '\x12',
}

const LABELS: Readonly<Record<string, string>> = {enter: '↵ Enter', esc: 'Esc', tab: 'Tab', down: '↓', up: '↑'}

/** A program in a real pseudo-terminal, and the screen that a person would see. */
export interface PtyProgram {
  readonly terminal: Terminal
  /** The visible screen as text. */
  screen(): string
  /** A key by its name, or one letter. */
  press(key: string): void
  /** Text, letter by letter as a person types it. */
  type(text: string): Promise<void>
  /** Waits until the screen shows it; fails with what was waited for and the screen. */
  see(wanted: string | RegExp, ms?: number): Promise<void>
  gone(unwanted: string | RegExp, ms?: number): Promise<void>
  /** Waits until two looks, this far apart, found the same picture. */
  still(ms?: number): Promise<void>
  readonly ended: Promise<number>
  kill(): void
}

export interface PtyOptions {
  readonly argv: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly columns: number
  readonly rows: number
  /** Told each key and each text that is pressed, as people call it. */
  readonly onPressed?: (label: string) => void
}

const DEADLINE_MS = 60_000
const CHECK_EVERY_MS = 50

export function openPty(options: PtyOptions): PtyProgram {
  const {columns, rows} = options
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  const [program, ...args] = options.argv
  const pty = spawn(program, args, {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: options.cwd,
    env: {TERM: 'xterm-256color', LANG: 'C.UTF-8', ...options.env},
  })
  const ended = new Promise<number>(resolve => pty.onExit(({exitCode}) => resolve(exitCode)))
  pty.onData(data => terminal.write(data))

  const screen = (): string => {
    const {active} = terminal.buffer
    return Array.from({length: rows}, (_, row) =>
      active
        .getLine(active.viewportY + row)
        ?.translateToString(true)
        .trimEnd(),
    ).join('\n')
  }
  const until = async (what: string, holds: () => boolean, ms: number): Promise<void> => {
    for (const deadline = performance.now() + ms; !holds(); await pause(CHECK_EVERY_MS)) {
      if (performance.now() > deadline) throw new Error(`waited ${ms / 1000} s for ${what}; the screen is\n${screen()}`)
    }
  }
  const shows = (wanted: string | RegExp): boolean =>
    typeof wanted === 'string' ? screen().includes(wanted) : wanted.test(screen())
  return {
    terminal,
    screen,
    press: key => {
      options.onPressed?.(LABELS[key] ?? key)
      pty.write(KEYS[key] ?? key)
    },
    type: async text => {
      options.onPressed?.(text)
      for (const letter of text) {
        pty.write(letter)
        await pause(15)
      }
    },
    see: (wanted, ms = DEADLINE_MS) => until(String(wanted), () => shows(wanted), ms),
    gone: (unwanted, ms = DEADLINE_MS) => until(`the end of ${String(unwanted)}`, () => !shows(unwanted), ms),
    still: async (ms = 250) => {
      for (let before = screen(), rounds = 0; rounds < 8; rounds += 1) {
        await pause(ms)
        if (screen() === before) return
        before = screen()
      }
    },
    ended,
    kill: () => pty.kill('SIGKILL'),
  }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
