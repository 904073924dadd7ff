export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

const COLUMNS = 80
const ROWS = 24

/** The size that the terminal says it has; where it says none, as in containers, what the environment says, or 80×24. */
export function terminalSize(
  stdout: {readonly columns?: number; readonly rows?: number},
  env: Readonly<Record<string, string | undefined>>,
): TerminalSize {
  return {
    columns: stdout.columns || positive(env['COLUMNS']) || COLUMNS,
    rows: stdout.rows || positive(env['LINES']) || ROWS,
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
