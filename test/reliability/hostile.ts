/** Byte sequences that terminals act upon, each one an attack that was found in some tool. */
export const HOSTILE: readonly (readonly [string, Buffer])[] = [
  ['a window title (OSC 0)', bytes('\u001b]0;owned\u0007')],
  ['the clipboard (OSC 52)', bytes('\u001b]52;c;cm0gLXJmIC8K\u0007')],
  ['a hyperlink (OSC 8) ended by ST', bytes('\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\')],
  ['an unterminated OSC', bytes('\u001b]0;never ended')],
  ['a device control string', bytes('\u001bP$q"p\u001b\\')],
  ['a device control string that answers', bytes('\u001bP+q544e\u001b\\')],
  ['an application program command', bytes('\u001b_Gf=100;AAAA\u001b\\')],
  ['a privacy message', bytes('\u001b^hidden\u001b\\')],
  ['a start of string', bytes('\u001bXhidden\u001b\\')],
  ['a full reset', bytes('\u001bc')],
  ['a soft reset and the alternate screen', bytes('\u001b[!p\u001b[?1049h')],
  ['erase and cursor home', bytes('\u001b[2J\u001b[H')],
  ['a status report', bytes('\u001b[6n\u001b[c')],
  ['mouse reports and bracketed paste', bytes('\u001b[?1000h\u001b[?2004l')],
  ['a colour query', bytes('\u001b]11;?\u0007')],
  ['keys in the answer back', bytes('\u001b]P0000000\u0005')],
  ['8-bit CSI in UTF-8', bytes('\u009b2J')],
  ['8-bit OSC in UTF-8', bytes('\u009d0;owned\u009c')],
  ['8-bit DCS, APC, PM, SOS in UTF-8', bytes('\u0090x\u009c\u009fx\u009c\u009ex\u009c\u0098x\u009c')],
  ['8-bit CSI as a lone byte', Buffer.from([0x9b, 0x32, 0x4a])],
  ['next line and index as C1', bytes('a\u0085b\u0084c')],
  ['carriage returns that overwrite', bytes('rm -rf /\rls       \r')],
  ['backspaces that overwrite', bytes('rm\b\bls')],
  ['bells, shifts, vertical tabs, form feeds', bytes('\u0007\u000e\u000f\u000b\u000c')],
  ['delete and NUL', bytes('a\u007fb\u0000c')],
  ['colours in colours', bytes('\u001b[3\u001b[0m1mred\u001b\u001b[0m[2J')],
  ['a half colour at the end', bytes('plain\u001b[3')],
  ['right-to-left override', bytes('exe.\u202etxt.evil')],
  ['isolates and embeddings', bytes('\u2066a\u2069\u202ab\u202c\u200e\u200f\u061c')],
  ['tag characters', bytes('\u{e0001}\u{e0068}\u{e0069}\u{e007f}')],
  ['zero width and invisible', bytes('a\u200bb\u200cc\u2060d\ufeffe\u00adf')],
  ['line and paragraph separators', bytes('a\u2028b\u2029c')],
  ['marks piled on a letter', bytes(`a${'\u0301\u0489'.repeat(200)}b`)],
  ['broken UTF-8', Buffer.from([0xc3, 0x28, 0xa0, 0xe2, 0x82, 0xf0, 0x9f, 0x98, 0xff, 0xfe])],
  ['overlong escape', Buffer.from([0xc0, 0x9b, 0xe0, 0x80, 0x9b])],
  ['a workflow command', bytes('::add-mask::x\n##[error]x')],
]

function bytes(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}

/** Anything that a terminal could act upon, or that hides what is read; line ends are no part of it. */
export const UNSAFE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u
