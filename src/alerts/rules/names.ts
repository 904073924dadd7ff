/** Two names that give the same id are one rule. */
export const ruleKey = (name: string): string => name.replaceAll(' ', '-')

/** `*` is any text; everything else is itself. Without an expression, which many stars would keep busy for ever. */
export function matchesGlob(text: string, pattern: string): boolean {
  if (pattern === '*/*' || pattern === '*') return true
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return text === pattern
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
