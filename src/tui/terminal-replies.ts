import type {Background} from './themes.ts'

/**
 * What the terminal is asked: its background (OSC 11), whether it reports a change of it (mode 2031), and what it is.
 * Every terminal answers the last one, and answers in order: what has not come by then does not come.
 */
export const QUESTIONS = '\x1b]11;?\x1b\\\x1b[?2031$p\x1b[c'
/** Asks to be told when the terminal goes from dark to light, and no longer. */
export const REPORT_CHANGES = '\x1b[?2031h'
export const REPORT_NOTHING = '\x1b[?2031l'

/**
 * The replies to these, then whatever else terminals say unasked or were asked by somebody before: strings (OSC, DCS, APC,
 * PM, SOS) and clicks in the oldest way, whose three bytes would be keys. All other sequences the reader of keys knows.
 */
const REPLY =
  /\x1b\]11;(?<colour>[^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b\[\?2031;(?<mode>\d)\$y|\x1b\[\?997;(?<scheme>[12])n|\x1b\[\?[\d;]*(?<last>c)|\x1b\[(?<receipt>[03])n|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[M[ -\uffff]{3}/g
/** A reply that has not come whole. A lone Esc is a key, and so is what is longer than any reply. */
const BEGUN = /\x1b(?:\](?:1(?:1(?:;[^\x07\x1b]{0,40}\x1b?)?)?)?|\[(?:\?[\d;]{0,40}\$?)?)$/

export interface Replies {
  /** Takes the replies out of what was read; what is left are keys. */
  take(input: string): string
  /** Resolves when nothing more is to come. */
  readonly settled: Promise<void>
  readonly isSettled: () => boolean
}

export function createReplies(on: {
  background(background: Background): void
  reports(): void
  receipt(): void
}): Replies {
  const settled = Promise.withResolvers<void>()
  let over = false
  let held = ''
  const note = ({colour, mode, scheme, last, receipt}: Readonly<Record<string, string | undefined>>): void => {
    const background = colour === undefined ? undefined : backgroundOf(colour)
    if (background) on.background(background)
    if (scheme !== undefined) on.background(scheme === '1' ? 'dark' : 'light')
    if (mode === '1' || mode === '2') on.reports()
    if (receipt !== undefined) on.receipt()
    if (last === undefined) return
    over = true
    settled.resolve()
  }
  return {
    take(input) {
      const text = held + input
      held = ''
      if (!text.includes('\x1b')) return text
      for (const {groups = {}} of text.matchAll(REPLY)) note(groups)
      const keys = text.replace(REPLY, '')
      if (over) return keys
      held = BEGUN.exec(keys)?.[0] ?? ''
      return keys.slice(0, keys.length - held.length)
    },
    settled: settled.promise,
    isSettled: () => over,
  }
}

/** `rgb:ffff/ffff/e0e0`: light when it is nearer to white than to black, as eyes weigh the colours. */
export function backgroundOf(colour: string): Background | undefined {
  const [, red, green, blue] = /^rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(colour) ?? []
  if (red === undefined || green === undefined || blue === undefined) return undefined
  const share = (hex: string): number => Number.parseInt(hex, 16) / (16 ** hex.length - 1)
  return 0.299 * share(red) + 0.587 * share(green) + 0.114 * share(blue) > 0.5 ? 'light' : 'dark'
}

/** The input of a terminal without its replies, for a reader that knows nothing of them. */
export function withoutReplies(stdin: NodeJS.ReadStream, {take}: Pick<Replies, 'take'>): NodeJS.ReadStream {
  const read = (): unknown => {
    for (;;) {
      const chunk: unknown = stdin.read()
      if (typeof chunk !== 'string') return chunk
      const keys = take(chunk)
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
