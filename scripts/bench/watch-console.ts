import {existsSync, readFileSync} from 'node:fs'
import {setTimeout as pause} from 'node:timers/promises'
import {spawn} from '@lydell/node-pty'
import xterm from '@xterm/headless'

/** What one look at a program in a terminal has shown. */
export interface Watched {
  readonly firstByteMs: number
  readonly fullMs: number
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
  readonly columns: number
  readonly rows: number
  readonly cwd: string
  readonly seconds: number
}

const KEYS = 40
const TICKS_PER_SECOND = 100

export const median = (values: readonly number[]): number => percentile(values, 0.5)

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Starts a program in a terminal, leaves it alone, presses keys one by one, then as if one were held. Undefined when it ended by itself. */
export async function watchConsole(options: WatchOptions): Promise<Watched | undefined> {
  const {columns, rows, argv, seconds} = options
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  const env = {PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', LANG: 'C.UTF-8', ...options.env}
  const began = performance.now()
  const pty = spawn(argv[0], argv.slice(1), {name: 'xterm-256color', cols: columns, rows, cwd: options.cwd, env})
  const over = new Promise(resolve => pty.onExit(resolve))
  let [bytes, firstByteMs, answeredAt] = [0, 0, 0]
  let answered = (): void => {}
  pty.onData(data => {
    answeredAt = performance.now()
    firstByteMs ||= answeredAt - began
    answered()
    answered = () => {}
    bytes += Buffer.byteLength(data)
    terminal.write(data)
  })
  const screen = (): string =>
    Array.from(
      {length: rows},
      (_, y) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + y)?.translateToString() ?? '',
    ).join('\n')
  while (!options.complete.test(screen()) || screen().includes('reconnecting')) {
    if (performance.now() - began > 20_000) break
    await pause(2)
  }
  const fullMs = performance.now() - began
  await pause(4000)
  if (!existsSync(`/proc/${pty.pid}/stat`)) return undefined
  const idle = {bytes, cpu: cpuOf(pty.pid), at: performance.now()}
  await pause(seconds * 1000)
  const idleSeconds = (performance.now() - idle.at) / 1000
  const bytesPerSecond = (bytes - idle.bytes) / idleSeconds
  const cpu = ((cpuOf(pty.pid) - idle.cpu) / idleSeconds) * 100
  const rssMb = memoryOf(pty.pid)
  const times: number[] = []
  const sizes: number[] = []
  for (let key = 0; key < KEYS; key += 1) {
    // Away from the program's own rhythm.
    await pause(60 + ((key * 37) % 90))
    const [before, pressed] = [bytes, performance.now()]
    pty.write(key % 2 === 0 ? '\x1b[B' : '\x1b[A')
    await Promise.race([new Promise<void>(resolve => (answered = resolve)), pause(1000)])
    times.push((bytes === before ? performance.now() : answeredAt) - pressed)
    await pause(25)
    sizes.push(bytes - before)
  }
  const held = {cpu: cpuOf(pty.pid), at: performance.now()}
  for (let count = 0; count < 150; count += 1) {
    pty.write(count % 20 < 10 ? '\x1b[B' : '\x1b[A')
    await pause(33)
  }
  const heldCpu = ((cpuOf(pty.pid) - held.cpu) / ((performance.now() - held.at) / 1000)) * 100
  pty.write('q')
  await Promise.race([over, pause(2000)])
  pty.kill('SIGKILL')
  return {
    firstByteMs,
    fullMs,
    bytesPerSecond,
    cpu,
    rssMb,
    keyMs: median(times),
    keyP99Ms: percentile(times, 0.99),
    keyBytes: median(sizes),
    heldCpu,
  }
}

function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
