import {tame} from '../layout/text.ts'
import {typedBy} from '../keyboard.ts'

/** Nothing that a person types here is longer. */
const LONGEST = 500
const graphemes = new Intl.Segmenter('und', {granularity: 'grapheme'})

/** The text after a key; undefined when the key does not edit. */
export function edit(text: string, key: string): string | undefined {
  if (key === 'backspace' || key === 'delete') {
    const parts = [...graphemes.segment(text)]
    return text.slice(0, parts.at(-1)?.index ?? 0)
  }
  if (key === 'ctrl-u') return ''
  if (key === 'ctrl-w') return text.replace(/\S+\s*$/, '')
  const typed = typedBy(key)
  return typed === undefined ? undefined : (text + typed).slice(0, LONGEST)
}

/** The text with a paste at its end: one line, without control characters. */
export const pasted = (text: string, paste: string): string =>
  (text + tame(paste.replace(/[\r\n\t]+/g, ' '))).slice(0, LONGEST)
