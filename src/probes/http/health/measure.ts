import {keyTest} from '../../../text/remembered.ts'
import {isObject, type Json} from './statement.ts'

/** Fuller than this, and somebody should look; percent. */
const FULL = 95

/** High is good, or no share of anything that fills up. */
const GOOD_WHEN_HIGH = keyTest(
  /hit|success|avail|uptime|coverage|battery|free|idle|remain|complete|progress|health|sla|replicat/i,
)
const SHARES = keyTest(/percent|pct|usage|utili[sz]ation|ratio|used$|load$/i)

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const [, digits] = typeof value === 'string' ? (/^\s*(-?\d+(?:\.\d+)?)\s*[a-z%/]*\s*$/i.exec(value) ?? []) : []
  return digits === undefined ? undefined : Number(digits)
}

const percentText = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\s*\d+(\.\d+)?\s*%\s*$/.test(value) ? numberOf(value) : undefined

/** A figure without a word of its own: `41`, `"12 ms"`, `"3.2 GB"`. */
export const isFigure = (value: unknown): boolean =>
  typeof value === 'number' ||
  (typeof value === 'string' &&
    /^\s*-?\d[\d.,:]*\s*(%|ms|[smhd]|[µu]s|seconds?|minutes?|[kmgt]?i?b|bytes?)?\s*$/i.test(value))

/** Why the measurements of a check are bad, whatever its word says; undefined when they are, or have no bound. */
export function figureTrouble(name: string, value: unknown): string | undefined {
  const isOne = !isObject(value)
  if (isOne && numberOf(value) === undefined) return undefined
  const fields = isOne ? {[name]: value} : value
  return overThreshold(fields) ?? nearlyFull(name, fields)
}

function pick(fields: Json, pattern: Pick<RegExp, 'test'>): number | undefined {
  for (const key in fields)
    if (pattern.test(key)) {
      const found = numberOf(fields[key])
      if (found !== undefined) return found
    }
  return undefined
}

const OBSERVED = keyTest(
  /^(observed|observed_?value|value|current|measured|actual|latency|response_?time|duration)(_?ms)?$/i,
)
const MOST = keyTest(/^(threshold|limit|max|maximum|critical|warn(ing)?)(_?(ms|value|threshold|at|above))*$/i)
const FREE = keyTest(/^(free|available|remaining)(_?(bytes|space|mb|gb))?$/i)
const WHOLE = keyTest(/^(total|capacity|size|max|limit)(_?(bytes|space|memory|mb|gb))?$/i)
const USED = keyTest(/^(used|in_?use|active)(_?(bytes|space|memory|mb|gb))?$/i)
const PERCENT = keyTest(/percent|pct/i)
const LEAST = keyTest(/^(min|minimum|at_?least|required)(_?value)?$/i)

/** A check that names its own bound is held to it. */
function overThreshold(fields: Json): string | undefined {
  const free = pick(fields, FREE)
  const most = pick(fields, MOST)
  // Spring Boot's threshold of a disk is the least that must be free.
  if (free !== undefined && most !== undefined && pick(fields, OBSERVED) === undefined)
    return free < most && most <= (pick(fields, /^(total|size|capacity)/i) ?? 0)
      ? `${free} free, threshold ${most}`
      : undefined
  const observed = pick(fields, OBSERVED)
  if (observed === undefined) return undefined
  const least = pick(fields, LEAST)
  if (most !== undefined && observed > most) return `${observed}, threshold ${most}`
  return least !== undefined && observed < least ? `${observed}, at least ${least} wanted` : undefined
}

function nearlyFull(name: string, fields: Json): string | undefined {
  const share = shareOf(name, fields)
  return share !== undefined && share >= FULL ? `${Math.round(share * 10) / 10} % used` : undefined
}

/** How full it says it is, percent: from a share, or from used (or free) and total. */
function shareOf(name: string, fields: Json): number | undefined {
  for (const key in fields) {
    const value = fields[key]
    if (numberOf(value) === undefined) continue
    const label = key === name ? key : `${name} ${key}`
    if (GOOD_WHEN_HIGH.test(label)) continue
    const text = percentText(value)
    if (text !== undefined) return text
    const percent = PERCENT.test(label) ? numberOf(value) : undefined
    if (percent !== undefined && percent <= 100) return percent
    if (typeof value !== 'number' || !SHARES.test(label)) continue
    if (/ratio|utili[sz]ation/i.test(label) && value >= 0 && value <= 1) return value * 100
    if (/usage|utili[sz]ation/i.test(label) && value > 1 && value <= 100) return value
  }
  const total = pick(fields, WHOLE)
  if (total === undefined || total <= 0) return undefined
  const used = pick(fields, USED)
  if (used !== undefined && used <= total) return (used / total) * 100
  // What is free has a threshold of its own, or is the application's to judge, unless there is nothing.
  return pick(fields, FREE) === 0 ? 100 : undefined
}
