import {faultOf} from './fault.ts'
import {KEYWORDS, type Keywords} from './keywords.ts'
import {shown} from './uri.ts'

/** `host=db port=5432 password='it''s \'quoted\''`, as libpq reads it. Raises `config/invalid`. */
export function parseKeywordString(text: string): Keywords {
  const found: Record<string, string> = {}
  let rest = text.trimStart()
  while (rest !== '') {
    const name = /^([^=\s]*)\s*=\s*/.exec(rest)
    if (name === null) throw faultOf(`"=" is missing after "${shown(/^\S*/.exec(rest)?.[0] ?? '')}"`)
    const keyword = name[1] ?? ''
    const {value, length} = readValue(rest.slice(name[0].length))
    if (!Object.hasOwn(KEYWORDS, keyword)) throw faultOf(`"${shown(keyword)}" is not a keyword of PostgreSQL`)
    found[keyword] = value
    rest = rest.slice(name[0].length + length).trimStart()
  }
  return found
}

/** Up to a blank, or up to the closing quote; a backslash keeps the character after it in both. */
function readValue(text: string): {value: string; length: number} {
  const quoted = text.startsWith("'")
  const whole = (quoted ? /^'((?:[^'\\]|\\[^])*)'/ : /^((?:[^\s\\]|\\[^]|\\$)*)/).exec(text)
  if (whole === null) throw faultOf('a quoted value has no closing quote')
  return {value: (whole[1] ?? '').replaceAll(/\\([^]|$)/g, '$1'), length: whole[0].length}
}
