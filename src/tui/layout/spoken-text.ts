import type {Line} from './line.ts'

/** Frames, bars, dots of charts, and the glyphs that always stand beside their word. */
const DRAWN = /[\u2500-\u25ff\u2700-\u27bf\u2800-\u28ff] ?/g
/** Signs that mean something, in words. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/↩ ?(?=yes)/g, ''],
  [/↩ ?/g, 'undo '],
  [/↵/g, 'Enter'],
  [/›/g, ''],
  [/ · /g, ', '],
  [/·/g, ','],
]

/** A line as it is read out: without anything that is drawn. Where there was room between two things there is a comma. */
export function spokenText(line: Line): string {
  let text = line.map(each => each.text).join('')
  for (const [sign, word] of SIGNS) text = text.replace(sign, word)
  return text
    .replace(DRAWN, '')
    .trim()
    .replace(/([,:]?)\s{2,}/g, (_, sign: string) => `${sign || ','} `)
    .replace(/ ,/g, ',')
}

/** Lines as they are read out; those that were only drawn are left out. */
export const spokenLines = (lines: readonly Line[]): readonly string[] => lines.map(spokenText).filter(Boolean)
