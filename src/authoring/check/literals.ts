import {everyToken, type Token} from './scan-source.ts'

/** An object literal that was given to a call: `step({…})`. */
export interface Literal {
  /** Offset of the call. */
  readonly offset: number
  /** Tokens of each property's value; empty for a method or a shorthand. */
  readonly properties: ReadonlyMap<string, {readonly offset: number; readonly value: readonly Token[]}>
  /** It takes properties from elsewhere, so that what is missing here may be there. */
  readonly spread: boolean
}

/** Every call of `name` with an object literal as its first argument. */
export function literalsOf(tokens: readonly Token[], name: string): readonly Literal[] {
  const found: Literal[] = []
  const lists = [tokens]
  for (const {token} of everyToken(tokens)) for (const value of token.values ?? []) lists.push(value.tokens)
  for (const list of lists) {
    for (const [index, token] of list.entries()) {
      const called = token.kind === 'word' && token.text === name && list[index - 1]?.text !== '.'
      if (called && list[index + 1]?.text === '(' && list[index + 2]?.text === '{')
        found.push({offset: token.start, ...readObject(list, index + 3)})
    }
  }
  return found
}

const OPEN = new Set(['{', '(', '['])
const CLOSE = new Set(['}', ')', ']'])

function readObject(tokens: readonly Token[], from: number): Pick<Literal, 'properties' | 'spread'> {
  const properties = new Map<string, {readonly offset: number; readonly value: readonly Token[]}>()
  let spread = false
  for (let at = from; at < tokens.length; ) {
    const end = propertyEnd(tokens, at)
    const [first, ...rest] = tokens.slice(at, end)
    if (first?.text === '...') spread = true
    else if (first) {
      const method = first.text === 'async' && rest[0]?.kind === 'word'
      const key = method ? rest[0] : first
      const value = !method && rest[0]?.text === ':' ? rest.slice(1) : []
      if (key) properties.set(key.kind === 'string' ? key.text.slice(1, -1) : key.text, {offset: first.start, value})
    }
    if (tokens[end]?.text !== ',') break
    at = end + 1
  }
  return {properties, spread}
}

/** Index of the comma or brace that ends the property. */
function propertyEnd(tokens: readonly Token[], from: number): number {
  let depth = 0
  for (let at = from; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token?.kind !== 'punct') continue
    if (depth === 0 && (token.text === ',' || CLOSE.has(token.text))) return at
    if (OPEN.has(token.text)) depth += 1
    if (CLOSE.has(token.text)) depth -= 1
  }
  return tokens.length
}

/** The text of a property that is written out; undefined for anything else. */
export function literalText(literal: Literal, key: string): string | undefined {
  const value = literal.properties.get(key)?.value
  const [only] = value ?? []
  if (!only || value?.length !== 1) return undefined
  if (only.kind === 'string') return only.text.slice(1, -1)
  if (only.kind === 'template' && only.values?.length === 0) return only.text.slice(1, -1)
  return only.kind === 'word' || only.kind === 'number' ? only.text : undefined
}
