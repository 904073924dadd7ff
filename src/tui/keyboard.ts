import type {Key} from 'ink'

/**
 * Keys by name: `a`, `A`, `/`, `space`, `enter`, `esc`, `up`, `pgdn`, `ctrl-r`. Several keys that arrive in one write
 * (a slow link, tmux send-keys) come out one by one; a paste never comes through here.
 */
export function keyNames(input: string, key: Key): readonly string[] {
  const special = specialKey(key)
  if (special !== undefined) return [special]
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input.toLowerCase()}`]
  if (key.meta || key.super || key.hyper) return []
  return Array.from(input, characterName).filter(name => name !== undefined)
}

function specialKey(key: Key): string | undefined {
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.pageUp) return 'pgup'
  if (key.pageDown) return 'pgdn'
  if (key.home) return 'home'
  if (key.end) return 'end'
  if (key.return) return 'enter'
  if (key.escape) return 'esc'
  if (key.tab) return key.shift ? 'shift-tab' : 'tab'
  if (key.backspace) return 'backspace'
  if (key.delete) return 'delete'
  return undefined
}

function characterName(character: string): string | undefined {
  if (character === '\r' || character === '\n') return 'enter'
  if (character === '\t') return 'tab'
  if (character === '\x1b') return 'esc'
  if (character === '\x7f' || character === '\b') return 'backspace'
  if (character === ' ') return 'space'
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return `ctrl-${String.fromCharCode(code + 96)}`
  return character
}

/** The character that a key types into a field; undefined when it types none. */
export function typedBy(key: string): string | undefined {
  if (key === 'space') return ' '
  return Array.from(key).length === 1 ? key : undefined
}
