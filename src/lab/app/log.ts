export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void

const LINES_PER_SECOND = 20

/** JSON lines on standard output, at most 20 a second: a failing instance under load must not fill the disk. */
export function createLog(instance: string, version: string): Log {
  let second = 0
  let lines = 0
  let dropped = 0
  const write = (fields: Record<string, unknown>): void => {
    process.stdout.write(`${JSON.stringify({time: new Date().toISOString(), ...fields})}\n`)
  }
  return (level, message, fields = {}) => {
    const now = Math.floor(Date.now() / 1000)
    if (now !== second) {
      if (dropped > 0) write({level: 'warn', instance, version, message: `${dropped} lines left out`})
      second = now
      lines = 0
      dropped = 0
    }
    lines += 1
    if (lines > LINES_PER_SECOND && level !== 'info') dropped += 1
    else write({level, instance, version, message, ...fields})
  }
}
