/**
 * One line that every login shell parses alike: sh, csh with its `!`, fish with its backslashes. All that any of them would
 * read differently becomes octal, which printf of the sh within takes back.
 */
export function anyLoginShell(script: string): string {
  // The sh says its name in its own errors, so the script must not be that name.
  return `exec sh -c 'eval "$(printf %b "$1")"' sh '${toOctal(script)}'`
}

/** What an sh begins with whose name is the octal text. */
export const TAKE_BACK = 'eval "$(printf %b "$0")"'

export function toOctal(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map(byte =>
      /[ -~]/.test(String.fromCharCode(byte)) && !"\\'!".includes(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `\\0${byte.toString(8).padStart(3, '0')}`,
    )
    .join('')
}
