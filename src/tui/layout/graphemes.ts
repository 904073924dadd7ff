import {eastAsianWidth} from 'get-east-asian-width'
import {once} from '../../units/once.ts'

// Its tables take 8 ms to load, and the first picture has seldom a text that needs them.
const segmenter = once(() => new Intl.Segmenter('und', {granularity: 'grapheme'}))

/** What a person takes for the characters of the text, and where each begins. */
export const graphemesOf = (text: string): Intl.Segments => segmenter().segment(text)

/** What the marks of a character do not take: room of their own. Unpaired surrogates are shown as one character. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Me}\p{Mn}]/u
/** Parts of a syllable share the cells of its first letter. */
const HANGUL = /^[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7cb]/

/**
 * Columns of one grapheme of tamed text: the rules of string-width that are left when no emoji is joined or modified. That
 * package makes its expressions at once, for 10 ms of every start.
 */
export function graphemeWidth(grapheme: string): number {
  const visible = Array.from(grapheme).filter(each => VISIBLE.test(each))
  const counted = visible.length > 0 && HANGUL.test(grapheme) ? grapheme.slice(0, 1) : visible
  return Array.from(counted).reduce((width, each) => width + eastAsianWidth(each.codePointAt(0) ?? 0), 0)
}
