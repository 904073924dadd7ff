/** Two names that give the same id are one rule. */
export const ruleKey = (name: string): string => name.replaceAll(' ', '-')

/** `*` is any text; everything else is itself. */
export function matchesGlob(text: string, pattern: string): boolean {
  if (pattern === '*/*' || pattern === '*') return true
  const source = pattern.split('*').map(part => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))
  return new RegExp(`^${source.join('.*')}$`, 's').test(text)
}
