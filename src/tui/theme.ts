import type {Tone} from './layout/line.ts'
import {widthOf} from './layout/text.ts'
import {BOLD, DIM, INVERSE, type Look, PLAIN, UNDERLINE, withoutColour} from './paint/look.ts'
import {paletteOf} from './themes.ts'

/**
 * How things look: the terminal's own 16 colours on its own background, one accent (cyan), yellow and red only for
 * what wants attention. Every state also has its own word and glyph, so no meaning hangs on colour alone.
 */
export interface Theme {
  readonly colour: boolean
  /** Plain ASCII borders and glyphs, for terminals without UTF-8. */
  readonly ascii: boolean
  /** In the colours of a theme; left out: the terminal's own. */
  readonly tones?: Readonly<Record<Tone, Look>>
}

/** How each tone looks in the colours of a theme. */
export function tonesOf({accent, warn, bad, unknown}: ReturnType<typeof paletteOf>): Readonly<Record<Tone, Look>> {
  return {
    plain: PLAIN,
    dim: DIM,
    bold: BOLD,
    accent,
    'accent bold': accent | BOLD,
    ok: accent,
    warn,
    'warn bold': warn | BOLD,
    bad,
    'bad bold': bad | BOLD,
    unknown,
    selected: accent | INVERSE,
    'selected bad': bad | INVERSE,
    'selected warn': warn | INVERSE,
    'selected unknown': unknown | INVERSE,
    badge: accent | BOLD | INVERSE,
    'badge protected': bad | BOLD | INVERSE,
    'badge warn': warn | BOLD | INVERSE,
    field: UNDERLINE,
  }
}

const USUAL = tonesOf(paletteOf('terminal', 'dark', false))

/** How a tone looks on this terminal. */
export function lookOf(tone: Tone, {colour, tones = USUAL}: Theme): Look {
  return colour ? tones[tone] : withoutColour(tones[tone])
}

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
export function themeFrom(env: Readonly<Record<string, string | undefined>>): Pick<Theme, 'colour' | 'ascii'> {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return {
    colour: !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    ascii: env['TERM'] === 'linux' || (locale !== '' && !/utf-?8/i.test(locale)),
  }
}
