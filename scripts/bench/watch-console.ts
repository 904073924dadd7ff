import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {setTimeout as pause} from 'node:timers/promises'
import {spawn} from '@lydell/node-pty'
import xterm from '@xterm/headless'

/** What one look at a program in a terminal has shown. */
export interface Watched {
  readonly firstByteMs: number
  readonly fullMs: number
  /** On a processor until then, all threads; a launcher that it replaced is counted. */
  readonly fullCpuMs: number
  readonly bytesPerSecond: number
  readonly cpu: number
  readonly rssMb: number
  readonly keyMs: number
  readonly keyP99Ms: number
  readonly keyBytes: number
  readonly heldCpu: number
}

export interface WatchOptions {
  readonly argv: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly complete: RegExp
  /** A picture of the last start comes first; it is dimmed and says so. It is never taken for the live one. */
  readonly early?: boolean
  readonly columns: number
  readonly rows: number
  readonly cwd: string
}

/** What came from a program at one moment, and how long it had been on a processor by then. */
interface Came {
  readonly data: string
  readonly ms: number
  readonly cpuMs: number
}

const LONGEST_START_MS = 20_000
const LOOK_EVERY_MS = 1500
const KEYS = 40
/** Three seconds at thirty a second. */
const HELD_KEYS = 90

export const median = (values: readonly number[]): number => percentile(values, 0.5)

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** A program in a terminal whose picture is complete. The rest is measured when it is asked for. */
export interface WatchedConsole {
  /** From now on it is left alone; what that cost is told at its end. */
  rest(): () => Pick<Watched, 'bytesPerSecond' | 'cpu' | 'rssMb'>
  /** Keys one by one, then as if one were held. */
  keys(): Promise<Pick<Watched, 'keyMs' | 'keyP99Ms' | 'keyBytes' | 'heldCpu'>>
  readonly shown: Pick<Watched, 'firstByteMs' | 'fullMs' | 'fullCpuMs'>
  /** Whether it is still there. */
  lives(): boolean
  stop(): Promise<void>
}

/** A screen on which what came is put only afterwards: an emulator beside the start would take a processor from what is measured. */
function emulated({columns, rows, complete, early}: WatchOptions): {
  /** The first of these with which all of the picture is there. */
  completing(came: readonly Came[]): Promise<Came | undefined>
} {
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  const screen = (): string =>
    Array.from(
      {length: rows},
      (_, y) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + y)?.translateToString() ?? '',
    ).join('\n')
  // By their cells and not by their words: those of the early picture may come in pieces, its last line last.
  const isLive = (): boolean => {
    const line = terminal.buffer.active.getLine(0)
    const cells = Array.from({length: columns}, (_, x) => line?.getCell(x)).filter(cell => cell?.getChars().trim())
    return cells.some(cell => !cell?.isDim()) && !screen().includes('reconnecting')
  }
  return {
    async completing(came) {
      for (const each of came) {
        await new Promise<void>(resolve => terminal.write(each.data, resolve))
        if (complete.test(screen()) && (!early || isLive())) return each
      }
      return undefined
    },
  }
}

/** Starts a program in a terminal, and waits until all of its picture is there. */
export async function openWatched(options: WatchOptions): Promise<WatchedConsole> {
  const {columns, rows, argv} = options
  const env = {PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', LANG: 'C.UTF-8', ...options.env}
  const terminal = emulated(options)
  const began = performance.now()
  const pty = spawn(argv[0], argv.slice(1), {name: 'xterm-256color', cols: columns, rows, cwd: options.cwd, env})
  const over = new Promise(resolve => pty.onExit(resolve))
  let [bytes, firstByteMs, answeredAt] = [0, 0, 0]
  let answered = (): void => {}
  let came: Came[] | undefined = []
  pty.onData(data => {
    answeredAt = performance.now()
    firstByteMs ||= answeredAt - began
    answered()
    answered = () => {}
    bytes += Buffer.byteLength(data)
    came?.push({data, ms: answeredAt - began, cpuMs: cpuOf(pty.pid) * 1000})
  })
  let full: Came | undefined
  while (!full && performance.now() - began < LONGEST_START_MS) {
    await pause(LOOK_EVERY_MS)
    full = await terminal.completing(came.splice(0))
  }
  came = undefined
  const {ms: fullMs = Number.NaN, cpuMs: fullCpuMs = Number.NaN} = full ?? {}
  /** Time from a key to its first byte, and its bytes. */
  const oneKey = async (key: number): Promise<{readonly ms: number; readonly bytes: number}> => {
    // Away from the program's own rhythm.
    await pause(30 + ((key * 37) % 60))
    const [before, pressed] = [bytes, performance.now()]
    pty.write(key % 2 === 0 ? '\x1b[B' : '\x1b[A')
    await Promise.race([new Promise<void>(resolve => (answered = resolve)), pause(1000)])
    const ms = (bytes === before ? performance.now() : answeredAt) - pressed
    await pause(25)
    return {ms, bytes: bytes - before}
  }
  return {
    shown: {firstByteMs, fullMs, fullCpuMs},
    lives: () => existsSync(`/proc/${pty.pid}/stat`),
    rest() {
      const idle = {bytes, cpu: cpuOf(pty.pid), at: performance.now()}
      return () => {
        const seconds = (performance.now() - idle.at) / 1000
        return {
          bytesPerSecond: (bytes - idle.bytes) / seconds,
          cpu: ((cpuOf(pty.pid) - idle.cpu) / seconds) * 100,
          rssMb: memoryOf(pty.pid),
        }
      }
    },
    async keys() {
      const pressed: {readonly ms: number; readonly bytes: number}[] = []
      for (let key = 0; key < KEYS; key += 1) pressed.push(await oneKey(key))
      const held = {cpu: cpuOf(pty.pid), at: performance.now()}
      for (let count = 0; count < HELD_KEYS; count += 1) {
        pty.write(count % 20 < 10 ? '\x1b[B' : '\x1b[A')
        await pause(33)
      }
      const heldCpu = ((cpuOf(pty.pid) - held.cpu) / ((performance.now() - held.at) / 1000)) * 100
      const times = pressed.map(({ms}) => ms)
      return {
        keyMs: median(times),
        keyP99Ms: percentile(times, 0.99),
        keyBytes: median(pressed.map(each => each.bytes)),
        heldCpu,
      }
    },
    async stop() {
      pty.write('q')
      await Promise.race([over, pause(2000)])
      pty.kill('SIGKILL')
    },
  }
}

/** Seconds on a processor, of all threads: finer than the clock ticks in `stat`, so that short looks tell something. */
function cpuOf(pid: number): number {
  let nanoseconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const file = `/proc/${pid}/task/${task}/schedstat`
    // Threads come and go.
    if (existsSync(file)) nanoseconds += Number(readFileSync(file, 'utf8').split(' ')[0])
  }
  return nanoseconds / 1e9
}

const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
