import {OpsError} from '../../../errors.ts'
import type {ExecResult} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'

/** What it said on standard output. Raises `backup/storage` where even its own exit code says that it failed. */
export function said(result: ExecResult, what: string): string {
  if (result.exitCode === 0) return result.stdout
  throw new OpsError('backup/storage', `pgbackrest ${what} exited with ${result.exitCode}${lastLine(result)}`)
}

export function lastLine({stderr, stdout}: ExecResult): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter(line => /ERROR|WARN/.test(line))
  const text = (lines.length > 0 ? lines : stderr.split('\n').filter(line => line.trim() !== '')).slice(-2).join(' | ')
  return text === '' ? '' : `: ${escapeLine(text, 400)}`
}
