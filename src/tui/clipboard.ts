/** Terminals drop longer sequences, some without a word; xterm's own limit is of this order. */
const LONGEST = 74_000

/**
 * The OSC 52 sequence that puts text on the clipboard of the terminal at the other end of the SSH connection; wrapped
 * for tmux, which passes it on only then. Undefined when the text is too long.
 */
export function clipboardSequence(text: string, insideTmux: boolean): string | undefined {
  const encoded = Buffer.from(text, 'utf8').toString('base64')
  if (encoded.length > LONGEST) return undefined
  const sequence = `\x1b]52;c;${encoded}\x07`
  return insideTmux ? throughTmux(sequence) : sequence
}

/** A sequence that tmux hands to the terminal outside. */
export const throughTmux = (sequence: string): string => `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`
