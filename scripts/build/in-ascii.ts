/**
 * Escapes what is not ASCII. The bundler has done so in strings; it stays in regular expressions and comments, and one such
 * character makes Node decode the whole file letter by letter, and V8 hold it in two bytes a letter: a twentieth of what a
 * console's start costs. Lines stay where they are, for the source maps.
 */
export function inAscii(code: string): string {
  const raw = /^.*\bString\.raw`[^`]*[^\0-\x7f].*$/m.exec(code)
  if (raw) throw new Error(`what is written raw cannot be escaped: ${raw[0].slice(0, 200)}`)
  return code.replaceAll(/[^\0-\x7f]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
