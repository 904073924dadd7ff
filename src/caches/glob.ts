import {OpsError} from '../errors.ts'

/**
 * Redis globs work on bytes: `*`, `?`, `[a-c]`, `[^a]`, `\x`. So do these, on keys and patterns read as latin1 (one
 * character a byte), which keeps binary keys exact.
 */
export const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** Whether a pattern names more than one key. */
export const hasWildcard = (pattern: string): boolean => /(?:^|[^\\])(?:\\\\)*[*?[]/.test(pattern)

/** The one key that a pattern without wildcards names. */
export const literalOf = (pattern: string): string => pattern.replace(/\\([\s\S])/g, '$1')

/** A value inside a pattern stands for itself only: `*` in a user's name removes nothing of others. */
export const escapeGlob = (value: string): string => value.replace(/[*?[\]\\^-]/g, String.raw`\$&`)

/** The same decision as Redis' own matcher, as a regular expression over latin1 text. */
export function globToRegExp(pattern: string): RegExp {
  const parts = ['']
  const add = (one: string): void => void (parts[parts.length - 1] += one)
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] ?? ''
    // Several stars in a row are one.
    if (character === '*' && (parts.length === 1 || parts.at(-1) !== '')) parts.push('')
    else if (character === '*') continue
    else if (character === '?') add('[^]')
    else if (character === '[') {
      const set = readSet(pattern, index + 1)
      add(set.source)
      index = set.end
    } else if (character === '\\' && index + 1 < pattern.length) {
      index += 1
      add(literal(pattern[index] ?? ''))
    } else add(literal(character))
  }
  return joinParts(parts)
}

/**
 * What stands between two stars is taken where it is found first, and never looked for again further on: that is all a
 * star needs. Else a few stars would have more ways to fail on a long name than there is time.
 */
function joinParts([first = '', ...others]: readonly string[]): RegExp {
  const last = others.pop()
  if (last === undefined) return new RegExp(`^${first}$`)
  const between = others.map((part, index) => `(?=([^]*?${part}))\\${index + 1}`)
  return new RegExp(`^${first}${between.join('')}[^]*${last}$`)
}

const literal = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`

/** A set from after its bracket; one that is never closed ends with the pattern, as in Redis. */
function readSet(pattern: string, from: number): {readonly source: string; readonly end: number} {
  let index = from
  const negated = pattern[index] === '^'
  if (negated) index += 1
  let members = ''
  while (index < pattern.length && pattern[index] !== ']') {
    if (pattern[index] === '\\' && index + 1 < pattern.length) {
      members += literal(pattern[index + 1] ?? '')
      index += 2
    } else if (pattern[index + 1] === '-' && index + 2 < pattern.length) {
      const [low, high] = [pattern[index] ?? '', pattern[index + 2] ?? ''].sort()
      members += `${literal(low ?? '')}-${literal(high ?? '')}`
      index += 3
    } else {
      members += literal(pattern[index] ?? '')
      index += 1
    }
  }
  // An empty set matches nothing, an empty negated one everything.
  const source = members === '' ? (negated ? '[^]' : '[]') : `[${negated ? '^' : ''}${members}]`
  return {source, end: index}
}

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/** Names of the placeholders of some patterns, in order of appearance. */
export const placeholdersIn = (patterns: readonly string[]): readonly string[] => [
  ...new Set(patterns.flatMap(pattern => [...pattern.matchAll(PLACEHOLDER)].map(match => match[1] ?? ''))),
]

/**
 * Patterns with their placeholders filled by values that match only themselves. A value that only another event takes
 * (`declared`) is accepted, so that one call fits all of them. Raises `usage/arguments`.
 */
export function fillPatterns(
  event: string,
  patterns: readonly string[],
  values: Readonly<Record<string, string>>,
  declared: readonly string[] = [],
): readonly string[] {
  const placeholders = placeholdersIn(patterns)
  const hint = `${event} takes ${placeholders.length === 0 ? 'no values' : placeholders.map(placeholder => `${placeholder}=VALUE`).join(' ')}.`
  const unknown = Object.keys(values).find(name => !placeholders.includes(name) && !declared.includes(name))
  if (unknown !== undefined) throw new OpsError('usage/arguments', `${event} has no placeholder {${unknown}}`, {hint})
  for (const placeholder of placeholders) {
    const value = Object.hasOwn(values, placeholder) ? values[placeholder] : undefined
    // An empty value would widen the pattern: `user:{id}*` would be everybody.
    if (value === undefined || value === '')
      throw new OpsError('usage/arguments', `${event} needs a value for {${placeholder}}`, {hint})
    if (value.length > 1000 || value.includes('\0'))
      throw new OpsError('usage/arguments', `the value of {${placeholder}} is too long or holds a NUL character`, {
        hint,
      })
  }
  return patterns.map(pattern =>
    pattern.replaceAll(PLACEHOLDER, (_placeholder, name: string) => escapeGlob(values[name] ?? '')),
  )
}
