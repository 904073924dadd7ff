import {graphemesOf} from '../layout/graphemes.ts'
import {tame} from '../layout/text.ts'
import {typedBy} from '../keyboard.ts'

/** A line of text that is typed, and where in it the next letter goes: an offset, always between two graphemes. */
export interface Typed {
  readonly text: string
  readonly cursor: number
}

export const nothingTyped: Typed = {text: '', cursor: 0}

/** The text with the cursor at its end. */
export const typedText = (text: string): Typed => ({text, cursor: text.length})

/** Nothing that a person types here is longer. */
const LONGEST = 500
/** Of a paste, in which there may be characters that are left out. */
const LOOKED_AT = 20 * LONGEST

/** The field after a key; undefined when the key does not edit. Keys are those of a shell. */
export function edit(field: Typed, key: string): Typed | undefined {
  const {text, cursor} = field
  switch (key) {
    case 'left':
      return {text, cursor: before(field)}
    case 'right':
      return {text, cursor: after(field)}
    case 'home':
    case 'ctrl-a':
      return {text, cursor: 0}
    case 'end':
    case 'ctrl-e':
      return typedText(text)
    case 'backspace':
      return without(text, before(field), cursor)
    case 'delete':
      return without(text, cursor, after(field))
    case 'ctrl-u':
      return without(text, 0, cursor)
    case 'ctrl-k':
      return without(text, cursor, text.length)
    case 'ctrl-w':
      return without(text, text.slice(0, cursor).replace(/\S+\s*$/, '').length, cursor)
    default: {
      const typed = typedBy(key)
      return typed === undefined ? undefined : insert(field, typed)
    }
  }
}

/** The field with a paste at its cursor: one line, without control characters. Of a long one only the beginning is looked at. */
export const pasted = (field: Typed, paste: string): Typed =>
  insert(field, tame(wholeCharacters(paste.replace(/[\r\n\t]+/g, ' '), LOOKED_AT)))

/** The field with text at its cursor. */
export function insert({text, cursor}: Typed, added: string): Typed {
  const room = wholeCharacters(added, Math.max(0, LONGEST - text.length))
  return {text: text.slice(0, cursor) + room + text.slice(cursor), cursor: cursor + room.length}
}

/** The beginning of a text, without half a character at its end. */
const wholeCharacters = (text: string, most: number): string => text.slice(0, most).replace(/[\ud800-\udbff]$/, '')

const without = (text: string, from: number, to: number): Typed => ({
  text: text.slice(0, from) + text.slice(to),
  cursor: from,
})

const before = ({text, cursor}: Typed): number => [...graphemesOf(text.slice(0, cursor))].at(-1)?.index ?? 0

function after({text, cursor}: Typed): number {
  const [next] = graphemesOf(text.slice(cursor))
  return cursor + (next?.segment.length ?? 0)
}
