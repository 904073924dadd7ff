/** Names that keys have, beside the characters that they type. */
const NAMED: ReadonlySet<string> = new Set([
  'enter',
  'esc',
  'tab',
  'shift-tab',
  'space',
  'up',
  'down',
  'left',
  'right',
  'pgup',
  'pgdn',
  'home',
  'end',
  'backspace',
  'delete',
])

/** What terminals send for these is another key, or nothing that tells them apart; some of them belong to the terminal. */
const LOST: Readonly<Record<string, string>> = {
  'ctrl-i': 'terminals send Tab for it',
  'ctrl-m': 'terminals send Enter for it',
  'ctrl-j': 'terminals send Enter for it',
  'ctrl-h': 'terminals send Backspace for it',
  'ctrl-c': 'it leaves the console from anywhere',
  'ctrl-z': 'it suspends the console',
  'ctrl-s': 'it stops the output of many terminals',
  'ctrl-q': 'it is taken by many terminals',
}

/** A key as it is written, `D`, `Ctrl-G`, `g x`, as the name that the screens know it by; or why it cannot be one. */
export function readKey(written: string): {readonly key: string} | {readonly wrong: string} {
  const parts = written.trim().split(/\s+/)
  if (parts.length > 2) return {wrong: 'at most two keys after each other'}
  const read = parts.map(readOne)
  const wrong = read.find(each => 'wrong' in each)
  return wrong ?? {key: read.map(each => ('key' in each ? each.key : '')).join(' ')}
}

function readOne(written: string): {readonly key: string} | {readonly wrong: string} {
  const characters = Array.from(written)
  if (characters.length === 1) return {key: written}
  const name = written.toLowerCase()
  if (/^f\d{1,2}$/.test(name)) return {wrong: 'terminals cannot tell function keys'}
  const lost = LOST[name]
  if (lost !== undefined) return {wrong: lost}
  return NAMED.has(name) || /^ctrl-[a-z]$/.test(name)
    ? {key: name}
    : {wrong: 'it is not the name of a key; write D, ctrl-g, space, pgup, or two of them: g x'}
}
