import type {Tone} from './layout/line.ts'
import {widthOf} from './layout/text.ts'
import {BOLD, coloured, DIM, INVERSE, type Look, PLAIN, UNDERLINE, withoutColour} from './paint/look.ts'

/**
 * How things look: the terminal's own 16 colours on its own background, one accent (cyan), yellow and red only for
 * what wants attention. Every state also has its own word and glyph, so no meaning hangs on colour alone.
 */
export interface Theme {
  readonly colour: boolean
  /** Plain ASCII borders and glyphs, for terminals without UTF-8. */
  readonly ascii: boolean
}

const RED = coloured(1)
const YELLOW = coloured(3)
const MAGENTA = coloured(5)
const CYAN = coloured(6)

const TONES: Readonly<Record<Tone, Look>> = {
  plain: PLAIN,
  dim: DIM,
  bold: BOLD,
  accent: CYAN,
  'accent bold': CYAN | BOLD,
  ok: CYAN,
  warn: YELLOW,
  'warn bold': YELLOW | BOLD,
  bad: RED,
  'bad bold': RED | BOLD,
  unknown: MAGENTA,
  selected: CYAN | INVERSE,
  'selected bad': RED | INVERSE,
  'selected warn': YELLOW | INVERSE,
  'selected unknown': MAGENTA | INVERSE,
  badge: CYAN | BOLD | INVERSE,
  'badge protected': RED | BOLD | INVERSE,
  'badge warn': YELLOW | BOLD | INVERSE,
  field: UNDERLINE,
}

/** How a tone looks on this terminal. */
export const lookOf = (tone: Tone, theme: Theme): Look => (theme.colour ? TONES[tone] : withoutColour(TONES[tone]))

/** One cell for one cell, so that a screen has the same shape in ASCII. */
const ASCII: Readonly<Record<string, string>> = {
  '─': '-',
  '━': '=',
  '═': '=',
  '│': '|',
  '║': '|',
  '╭': '+',
  '╮': '+',
  '╰': '+',
  '╯': '+',
  '╔': '+',
  '╗': '+',
  '╚': '+',
  '╝': '+',
  '├': '+',
  '└': '+',
  '╌': '-',
  '┤': '+',
  '●': '*',
  '○': 'o',
  '◌': '?',
  '◐': '%',
  '▲': '!',
  '▼': 'v',
  '✘': 'X',
  '✓': '+',
  '▸': '>',
  '◆': '#',
  '↩': '<',
  '▏': '_',
  '█': '#',
  '░': '.',
  '▁': '_',
  '▂': '_',
  '▃': '.',
  '▄': '-',
  '▅': '=',
  '▆': '+',
  '▇': '*',
  '↵': '<',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '·': '-',
  '–': '-',
  '…': '~',
  '‹': '<',
  '›': '>',
  '×': 'x',
}

/** The text with one ASCII character for each of its cells. */
export function toAscii(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  return Array.from(text, character => {
    if (character >= ' ' && character <= '~') return character
    return ASCII[character] ?? asciiDots(character) ?? '?'.repeat(widthOf(character))
  }).join('')
}

/** Dots of a chart, by where in the cell they are. */
function asciiDots(character: string): string | undefined {
  const dots = (character.codePointAt(0) ?? 0) - 0x2800
  if (dots < 0 || dots > 0xff) return undefined
  const [upper, lower] = [(dots & 0x1b) !== 0, (dots & 0xe4) !== 0]
  if (upper && lower) return dots === 0xff ? '#' : ':'
  return upper ? "'" : lower ? '.' : ' '
}

/** Colour unless NO_COLOR is set or the terminal is dumb; ASCII when the locale is not UTF-8. */
export function themeFrom(env: Readonly<Record<string, string | undefined>>): Theme {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return {
    colour: !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    ascii: env['TERM'] === 'linux' || (locale !== '' && !/utf-?8/i.test(locale)),
  }
}
