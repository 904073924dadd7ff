/** An escape sequence that has not come whole; an Esc alone is one as well, until nothing follows. */
const BEGUN = /\x1b(?:\x1b?(?:\[[\d;<=>?]*[ -/]*|O)?)?$/

/**
 * The input for a reader that takes an Esc for a key when nothing follows at once: here what follows may come `withinMs`
 * later, as on a link that delivers a key in pieces. Esc itself is then so much slower.
 */
export function wholeKeys(stdin: NodeJS.ReadStream, withinMs: () => number): NodeJS.ReadStream {
  let held = ''
  let overdue = false
  let timer: NodeJS.Timeout | undefined
  const release = (): string => {
    const keys = held
    held = ''
    overdue = false
    return keys
  }
  const read = (): unknown => {
    for (;;) {
      const chunk: unknown = stdin.read()
      if (typeof chunk !== 'string') return overdue ? release() : chunk
      clearTimeout(timer)
      const text = release() + chunk
      const wait = withinMs()
      held = wait > 0 ? (BEGUN.exec(text)?.[0] ?? '') : ''
      if (held !== '')
        timer = setTimeout(() => {
          overdue = true
          stdin.emit('readable')
        }, wait)
      const keys = text.slice(0, text.length - held.length)
      if (keys !== '') return keys
    }
  }
  return new Proxy(stdin, {
    get(target, property) {
      if (property === 'read') return read
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
