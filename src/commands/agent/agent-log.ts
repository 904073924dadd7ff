import type {Log} from '../../monitors/log.ts'
import type {CommandContext} from '../command.ts'

/** A line with its time for each thing that happens: JSON on standard output with --json, else words on standard error. */
export function agentLog({json, out, err, clock}: Pick<CommandContext, 'json' | 'out' | 'err' | 'clock'>): Log {
  return ({level, event, message, fields}) => {
    const time = new Date(clock.now()).toISOString()
    if (json) out(`${JSON.stringify({time, level, event, message, ...fields})}\n`)
    else err(`${time.slice(0, 19)}Z ${level === 'info' ? '' : `${level}: `}${message}\n`)
  }
}
