import {CATALOGUE, type ErrorCode} from '../errors.ts'

/** Why a runner ended before it began: written to its log, and read there by whoever started it. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
}

const MORE = '  | '
const HINT = '  > '

/** `TIME CODE: MESSAGE`, its further lines and the hint below it, each marked. */
export function refusalText(at: number, {code, message, hint}: Refusal): string {
  const [first = '', ...more] = message.split('\n')
  const lines = [`${new Date(at).toISOString()} ${code}: ${first}`, ...more.map(line => MORE + line)]
  const hints = hint === undefined ? [] : hint.split('\n').map(line => HINT + line)
  return `${[...lines, ...hints].join('\n')}\n`
}

/** The last refusal of a log, in which anything else may stand too. */
export function lastRefusal(log: string): Refusal | undefined {
  const lines = log.split('\n')
  const first = lines.findLastIndex(line => startOf(line) !== undefined)
  const start = startOf(lines[first] ?? '')
  if (!start) return undefined
  const marked = (mark: string, from: number): readonly string[] => {
    const end = lines.findIndex((line, index) => index >= from && !line.startsWith(mark))
    return lines.slice(from, end === -1 ? undefined : end).map(line => line.slice(mark.length))
  }
  const more = marked(MORE, first + 1)
  const hints = marked(HINT, first + 1 + more.length)
  return {
    code: start.code,
    message: [start.text, ...more].join('\n'),
    hint: hints.length === 0 ? undefined : hints.join('\n'),
  }
}

function startOf(line: string): {readonly code: ErrorCode; readonly text: string} | undefined {
  const [, code, text = ''] = /^\d\S+ ([a-z]+\/[a-z-]+): (.*)$/.exec(line) ?? []
  return code !== undefined && code in CATALOGUE ? {code: code as ErrorCode, text} : undefined
}
