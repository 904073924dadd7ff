import {coloured, type Look} from './paint/look.ts'

/** A colour: its number among the 256, and among the terminal's own 16 where there are no more. */
type Colour = readonly [of256: number, of16: number]

/** The colours that mean something. Every state also has its word and glyph. */
export interface Palette {
  /** What is in focus, and what runs as it should. */
  readonly accent: Colour
  readonly warn: Colour
  readonly bad: Colour
  readonly unknown: Colour
}

const own = (number: number): Colour => [number, number]

interface Theming {
  readonly dark: Palette
  readonly light: Palette
}

/** The terminal's own colours; yellow, green and cyan cannot be read on white. */
const TERMINAL: Theming = {
  dark: {accent: own(6), warn: own(3), bad: own(1), unknown: own(5)},
  light: {accent: own(4), warn: [130, 5], bad: own(1), unknown: [5, 8]},
}

/** For a dark and for a light background each; the background itself stays the terminal's. */
export const THEMES: Readonly<Record<string, Theming>> = {
  terminal: TERMINAL,
  calm: {
    dark: {accent: [109, 6], warn: [179, 3], bad: [167, 1], unknown: [139, 5]},
    light: {accent: [24, 4], warn: [94, 5], bad: [124, 1], unknown: [96, 8]},
  },
  contrast: {
    dark: {accent: own(14), warn: own(11), bad: [203, 9], unknown: own(13)},
    light: {accent: [18, 4], warn: [94, 5], bad: [88, 1], unknown: [54, 8]},
  },
  // Blue, orange and vermilion are told apart by nearly everybody.
  'colour-blind': {
    dark: {accent: [75, 12], warn: [214, 11], bad: [202, 9], unknown: [183, 13]},
    light: {accent: [25, 4], warn: [136, 5], bad: [160, 1], unknown: [91, 8]},
  },
}

export const THEME_NAMES: readonly string[] = Object.keys(THEMES)
export type Background = 'dark' | 'light'

/** The colours of a theme on a background, as the terminal can show them. */
export function paletteOf(name: string, background: Background, many: boolean): Readonly<Record<keyof Palette, Look>> {
  const {accent, warn, bad, unknown} = (THEMES[name] ?? TERMINAL)[background]
  const shown = ([of256, of16]: Colour): Look => coloured(many ? of256 : of16)
  return {accent: shown(accent), warn: shown(warn), bad: shown(bad), unknown: shown(unknown)}
}

/** Whether the terminal has more than 16 colours. */
export const hasManyColours = ({TERM, COLORTERM}: Readonly<Record<string, string | undefined>>): boolean =>
  /256color|direct/.test(TERM ?? '') || (COLORTERM ?? '') !== ''

/** What some terminals leave in the environment: `15;0` is white on black. Dark where nothing is said. */
export function backgroundFrom({COLORFGBG}: Readonly<Record<string, string | undefined>>): Background {
  const number = /;(\d+)$/.exec(COLORFGBG ?? '')?.[1]
  return number === '7' || number === '15' ? 'light' : 'dark'
}
