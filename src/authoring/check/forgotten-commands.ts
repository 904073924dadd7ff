import {isTagged, shellNames} from './command-problems.ts'
import {everyToken, type Token} from './scan-source.ts'

/** Offsets of commands that nobody waits for: a statement of their own, or after `void`. */
export function forgottenCommands(tokens: readonly Token[], source: string): readonly number[] {
  const names = shellNames(tokens)
  const found: number[] = []
  for (const {token, before} of everyToken(tokens)) {
    if (token.kind !== 'template' || !isTagged(before, names)) continue
    const start = expressionStart(before)
    const first = before[start]
    const last = before[start - 1]
    if (
      first &&
      (last === undefined || last.text === 'void' || endsStatement(last, source.slice(last.end, first.start)))
    )
      found.push(first.start)
  }
  return found
}

/** Index of the first token of `$`, `$({…})` or `context.$({…})`, whose template comes next. */
function expressionStart(before: readonly Token[]): number {
  let at = before.length - 1
  if (before[at]?.text === ')') {
    for (let depth = 0; at >= 0; at -= 1) {
      if (before[at]?.text === ')') depth += 1
      if (before[at]?.text === '(') depth -= 1
      if (depth === 0) break
    }
    at -= 1
  }
  while (before[at - 1]?.text === '.') at -= 2
  return at
}

/** Whether a new statement begins after it: the text between tells whether a line ends there. */
function endsStatement(last: Token, between: string): boolean {
  if (last.kind === 'punct') {
    if (last.text === ';' || last.text === '{' || last.text === '}') return true
    return /^[)\]]$/.test(last.text) && between.includes('\n')
  }
  return between.includes('\n') && !/^(return|await|typeof|yield|else|do|in|of|case)$/.test(last.text)
}
