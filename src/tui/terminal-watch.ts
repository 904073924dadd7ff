export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

const COLUMNS = 80
const ROWS = 24
/** No screen is larger. What a serial line or a script says may be: 65535×65535 are cells for which there is no memory. */
const MOST = {columns: 1000, rows: 400}

/** The size that the terminal says it has; where it says none, as in containers, what the environment says, or 80×24. */
export function terminalSize(
  stdout: {readonly columns?: number; readonly rows?: number},
  env: Readonly<Record<string, string | undefined>>,
): TerminalSize {
  return {
    columns: Math.min(stdout.columns || positive(env['COLUMNS']) || COLUMNS, MOST.columns),
    rows: Math.min(stdout.rows || positive(env['LINES']) || ROWS, MOST.rows),
  }
}

const positive = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined

/** A resize storm is drawn once; an input that ends or an output that fails means that the terminal is gone. */
export function watchTerminal(
  {stdin, stdout}: {readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream},
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

export function watchSignals(end: (ending: 'hang-up' | 'signal') => void): () => void {
  const handlers = [
    ['SIGHUP', () => end('hang-up')],
    ['SIGTERM', () => end('signal')],
    ['SIGINT', () => end('signal')],
    ['SIGQUIT', () => end('signal')],
  ] as const
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
}

/**
 * Stopped from outside (`kill -TSTP`), the console gives the terminal back first. Continued, it takes it again, whoever
 * had it meanwhile: also after a SIGSTOP, of which nobody is told. `without` does its work while the terminal is given back.
 */
export function watchStops(without: (work: () => void) => Promise<void>): () => void {
  let own = false
  const stop = (): void => {
    own = true
    // Before there is a screen nothing is to be given back.
    without(standStill).catch(standStill)
  }
  const goOn = (): void => {
    if (!own) without(() => undefined).catch(() => undefined)
    own = false
  }
  process.on('SIGTSTP', stop).on('SIGCONT', goOn)
  return () => void process.off('SIGTSTP', stop).off('SIGCONT', goOn)
}

const standStill = (): void => void process.kill(process.pid, 'SIGSTOP')
