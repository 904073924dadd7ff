/** An element of an answer: its own text, and the elements in it. */
export interface Element {
  readonly name: string
  text: string
  readonly children: Element[]
}

const TOKEN = /<\?[^>]*\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)([^>]*)>|([^<]+)/g
const NAMED: Readonly<Record<string, string>> = {lt: '<', gt: '>', amp: '&', quot: '"', apos: "'"}

/**
 * The answers of an object store: elements and texts; attributes are left out. There are no document types in them, so
 * no entities but the five and characters by number. Undefined for what is not one whole element.
 */
export function readXml(text: string): Element | undefined {
  const root: Element = {name: '', text: '', children: []}
  const open = [root]
  for (const [, data, slash, name = '', rest = '', plain] of text.matchAll(TOKEN)) {
    const current = open.at(-1) ?? root
    if (data !== undefined || plain !== undefined) current.text += data ?? decode(plain ?? '')
    else if (slash === '/') {
      if (open.length < 2 || current.name !== name) return undefined
      open.pop()
    } else if (name !== '') {
      const element: Element = {name, text: '', children: []}
      current.children.push(element)
      if (!rest.trimEnd().endsWith('/')) open.push(element)
    }
  }
  return open.length === 1 && root.children.length === 1 ? root.children[0] : undefined
}

export const childrenOf = (element: Element | undefined, name: string): readonly Element[] =>
  element?.children.filter(child => child.name === name) ?? []

export const textOf = (element: Element | undefined, name: string): string | undefined =>
  childrenOf(element, name)[0]?.text

const decode = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, named: string | undefined) => {
    if (named !== undefined) return NAMED[named] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
  })

export const escapeXml = (text: string): string => text.replace(/[<>&"']/g, char => `&#${char.charCodeAt(0)};`)
