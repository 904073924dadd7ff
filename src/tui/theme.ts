import type {Line, Tone} from './layout/line.ts'
import {widthOf} from './layout/text.ts'

/**
 * How things look: the terminal's own 16 colours on its own background, one accent (cyan), yellow and red only for
 * what wants attention. Every state also has its own word and glyph, so no meaning hangs on colour alone.
 */
export interface Theme {
  readonly colour: boolean
  /** Plain ASCII borders and glyphs, for terminals without UTF-8. */
  readonly ascii: boolean
}

const RESET_WEIGHT = '\x1b[22m'
const BOLD = '\x1b[1m'
const DIM = '\x1b[2m'
const INVERSE = '\x1b[7m'
const RESET_INVERSE = '\x1b[27m'
const UNDERLINE = '\x1b[4m'
const RESET_UNDERLINE = '\x1b[24m'
const RED = '\x1b[31m'
const YELLOW = '\x1b[33m'
const MAGENTA = '\x1b[35m'
const CYAN = '\x1b[36m'
const RESET_COLOUR = '\x1b[39m'

/** Weight and colour of each tone: what to write before; what to write after. */
const TONES: Readonly<Record<Tone, {readonly colour: string; readonly other: string; readonly end: string}>> = {
  plain: {colour: '', other: '', end: ''},
  dim: {colour: '', other: DIM, end: RESET_WEIGHT},
  bold: {colour: '', other: BOLD, end: RESET_WEIGHT},
  accent: {colour: CYAN, other: '', end: ''},
  'accent bold': {colour: CYAN, other: BOLD, end: RESET_WEIGHT},
  ok: {colour: CYAN, other: '', end: ''},
  warn: {colour: YELLOW, other: '', end: ''},
  'warn bold': {colour: YELLOW, other: BOLD, end: RESET_WEIGHT},
  bad: {colour: RED, other: '', end: ''},
  'bad bold': {colour: RED, other: BOLD, end: RESET_WEIGHT},
  unknown: {colour: MAGENTA, other: '', end: ''},
  selected: {colour: CYAN, other: INVERSE, end: RESET_INVERSE},
  'selected bad': {colour: RED, other: INVERSE, end: RESET_INVERSE},
  'selected warn': {colour: YELLOW, other: INVERSE, end: RESET_INVERSE},
  'selected unknown': {colour: MAGENTA, other: INVERSE, end: RESET_INVERSE},
  badge: {colour: CYAN, other: BOLD + INVERSE, end: RESET_INVERSE + RESET_WEIGHT},
  'badge protected': {colour: RED, other: BOLD + INVERSE, end: RESET_INVERSE + RESET_WEIGHT},
  'badge warn': {colour: YELLOW, other: BOLD + INVERSE, end: RESET_INVERSE + RESET_WEIGHT},
  field: {colour: '', other: UNDERLINE, end: RESET_UNDERLINE},
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

/** The line as the bytes that the terminal gets. */
export function paint(spans: Line, theme: Theme): string {
  let painted = ''
  let index = 0
  while (index < spans.length) {
    const tone = spans[index]?.tone ?? 'plain'
    let text = ''
    for (; spans[index]?.tone === tone; index++) text += spans[index]?.text ?? ''
    if (text === '') continue
    const look = TONES[tone]
    const visible = theme.ascii ? toAscii(text) : text
    const colour = theme.colour ? look.colour : ''
    painted += `${look.other}${colour}${visible}${colour === '' ? '' : RESET_COLOUR}${look.end}`
  }
  return painted
}

function toAscii(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  return Array.from(text, character => {
    if (character >= ' ' && character <= '~') return character
    return ASCII[character] ?? '?'.repeat(widthOf(character))
  }).join('')
}

/** Colour unless NO_COLOR is set or the terminal is dumb; ASCII when the locale is not UTF-8. */
export function themeFrom(env: Readonly<Record<string, string | undefined>>): Theme {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return {
    colour: !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    ascii: env['TERM'] === 'linux' || (locale !== '' && !/utf-?8/i.test(locale)),
  }
}
