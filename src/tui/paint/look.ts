/**
 * How a cell looks, as one number: weight, underline, inverse, and one of the terminal's own colours. A number because
 * cells are compared thousands of times a frame.
 */
export type Look = number

export const PLAIN: Look = 0
export const BOLD: Look = 1
export const DIM: Look = 2
export const UNDERLINE: Look = 4
export const INVERSE: Look = 8
const WEIGHT = BOLD | DIM
const COLOUR_SHIFT = 4

/** One of the 256 colours of the terminal by its number, of which 16 are its own; 0 is its own foreground. */
export const coloured = (colour: number): Look => colour << COLOUR_SHIFT

export const withoutColour = (look: Look): Look => look & ((1 << COLOUR_SHIFT) - 1)

/** Whether a space shows the difference between this look and the plain one. */
export const marksSpace = (look: Look): boolean => (look & (UNDERLINE | INVERSE)) !== 0

/** The shortest sequence that takes the terminal from one look to another; empty when they are the same. */
export function switchLook(from: Look, to: Look): string {
  if (from === to) return ''
  if (to === PLAIN) return '\x1b[m'
  const codes: number[] = []
  const weightGoes = (from & WEIGHT & ~to) !== 0
  if (weightGoes) codes.push(22)
  if ((from & UNDERLINE & ~to) !== 0) codes.push(24)
  if ((from & INVERSE & ~to) !== 0) codes.push(27)
  codes.push(...added(weightGoes ? from & ~WEIGHT : from, to))
  const fromNothing = [0, ...added(PLAIN, to)]
  const step = codes.join(';')
  const anew = fromNothing.join(';')
  return `\x1b[${step.length <= anew.length ? step : anew}m`
}

function added(from: Look, to: Look): readonly number[] {
  const more = to & ~from
  const codes: number[] = []
  if ((more & BOLD) !== 0) codes.push(1)
  if ((more & DIM) !== 0) codes.push(2)
  if ((more & UNDERLINE) !== 0) codes.push(4)
  if ((more & INVERSE) !== 0) codes.push(7)
  const colour = to >> COLOUR_SHIFT
  if (colour !== from >> COLOUR_SHIFT) codes.push(...colourCodes(colour))
  return codes
}

function colourCodes(colour: number): readonly number[] {
  if (colour === 0) return [39]
  if (colour < 8) return [30 + colour]
  return colour < 16 ? [82 + colour] : [38, 5, colour]
}
