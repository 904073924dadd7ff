import type {Line, Tone} from './line.ts'
import {span} from './line.ts'

/** A line of a log in JSON, taken apart. */
export interface LogEntry {
  readonly time: string
  readonly level: string
  readonly message: string
  readonly rest: readonly (readonly [name: string, value: string])[]
}

const TIME = ['time', 'timestamp', 'ts', '@timestamp']
const LEVEL = ['level', 'severity', 'lvl']
const MESSAGE = ['msg', 'message']
/** Levels of loggers that count, such as pino. */
const NUMBERED: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** Undefined when it is no object in JSON that says something. */
export function parseLog(text: string): LogEntry | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  const fields = fieldsOf(text)
  if (!fields) return undefined
  const take = (names: readonly string[]): string => {
    const name = names.find(each => fields.has(each))
    const value = name === undefined ? '' : (fields.get(name) ?? '')
    if (name !== undefined) fields.delete(name)
    return value
  }
  const [time, level, message] = [take(TIME), take(LEVEL), take(MESSAGE)]
  return message === '' ? undefined : {time, level: NUMBERED[level] ?? level, message, rest: [...fields]}
}

function fieldsOf(text: string): Map<string, string> | undefined {
  try {
    const entries = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>)
    return new Map(entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
  } catch {
    return undefined
  }
}

/** A line of a program as people read it: of JSON the time, the level and the message first; levels have their colour. */
export function logLine(text: string): Line {
  const entry = parseLog(text)
  if (!entry) return [span(text, toneOf(LEVEL_WORD.exec(text.slice(0, 60))?.[1] ?? ''))]
  const tone = toneOf(entry.level)
  return [
    ...(entry.time === '' ? [] : [span(`${entry.time} `, 'dim')]),
    ...(entry.level === '' ? [] : [span(`${entry.level.toUpperCase().padEnd(5)} `, tone)]),
    span(entry.message, tone),
    ...entry.rest.map(([name, value]) => span(`  ${name}=${value}`, 'dim')),
  ]
}

const LEVEL_WORD = /\b(TRACE|DEBUG|WARN|WARNING|ERROR|FATAL|CRITICAL)\b/

function toneOf(level: string): Tone {
  if (/^(error|fatal|critical|panic|alert|emerg)/i.test(level)) return 'bad'
  if (/^warn/i.test(level)) return 'warn'
  return /^(debug|trace)/i.test(level) ? 'dim' : 'plain'
}
