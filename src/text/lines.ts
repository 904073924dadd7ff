import {StringDecoder} from 'node:string_decoder'
import {dropColour, escapeLine} from './escape.ts'
import {type Redactor, redactAnnounced} from './redact.ts'

/** Longest line that is kept whole; more goes on in a next line. */
export const LONGEST_LINE = 16_384

export interface LineStream {
  push(chunk: Uint8Array): void
  /** The rest, when the source has ended. */
  end(): void
}

/**
 * Bytes in any chunking to lines that are safe to keep: decoded, colour dropped, redacted, escaped. A lone carriage
 * return ends a line, so progress bars become lines. No secret can slip through a chunk border: only whole lines are
 * looked at, and an endless line is cut only where no secret can straddle the cut.
 */
export function lineStream(redactor: Redactor, emit: (line: string) => void): LineStream {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  // Kept apart: to look at the end of what is put together is to copy all of it, for each chunk.
  let afterReturn = false
  let due = LONGEST_LINE * 2
  const send = (line: string): void => {
    const safe = redactAnnounced(redactor.redact(dropColour(line)))
    if (safe.length <= LONGEST_LINE) return emit(escapeLine(safe, LONGEST_LINE * 8))
    for (let at = 0; at < safe.length; at += LONGEST_LINE)
      emit(escapeLine(safe.slice(at, at + LONGEST_LINE), LONGEST_LINE * 8))
  }
  const sendLines = (): void => {
    let from = 0
    for (;;) {
      const end = lineEnd(rest, from)
      if (end === undefined) break
      send(rest.slice(from, end.at))
      from = end.next
    }
    rest = from === 0 ? rest : rest.slice(from)
  }
  // Looked at again only when it has doubled: small chunks of an endless line cost no more than large ones.
  const shorten = (): void => {
    if (rest.length <= due) return
    // Colour would hide a secret from the look for a safe place to cut.
    rest = dropColour(rest)
    const cut = redactor.safeCut(rest)
    if (cut > 0) send(rest.slice(0, cut))
    rest = rest.slice(cut)
    due = Math.max(LONGEST_LINE, rest.length) * 2
  }
  return {
    push: chunk => {
      const text = decoder.write(chunk)
      const mayEnd = afterReturn || /[\r\n]/.test(text)
      afterReturn = text === '' ? afterReturn : text.endsWith('\r')
      rest += text
      if (mayEnd) {
        sendLines()
        due = LONGEST_LINE * 2
      }
      shorten()
    },
    end: () => {
      rest += decoder.end()
      sendLines()
      if (rest !== '') send(rest.endsWith('\r') ? rest.slice(0, -1) : rest)
      rest = ''
    },
  }
}

/** The next line end: `\n`, `\r\n` or a `\r` that something follows. */
function lineEnd(text: string, from: number): {readonly at: number; readonly next: number} | undefined {
  const feed = text.indexOf('\n', from)
  const carriage = text.indexOf('\r', from)
  if (carriage !== -1 && (feed === -1 || carriage < feed)) {
    if (carriage === text.length - 1) return undefined
    return {at: carriage, next: text[carriage + 1] === '\n' ? carriage + 2 : carriage + 1}
  }
  return feed === -1 ? undefined : {at: feed, next: feed + 1}
}
