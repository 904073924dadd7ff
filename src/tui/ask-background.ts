import {createReplies, QUESTIONS, REPORT_CHANGES, REPORT_NOTHING, withoutReplies} from './terminal-replies.ts'
import type {Background} from './themes.ts'

interface Terminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly noColor?: boolean
}

export interface AskedBackground {
  /** The input without the replies. */
  readonly stdin: NodeJS.ReadStream
  /** Asks; nothing waits for the answer. */
  readonly ask: () => void
  /** Before the terminal is given back: a reply that is still on its way is not left to the shell. */
  leave(): Promise<void>
}

/** A terminal that has not answered by then does not answer, ms. */
const ANSWERED_WITHIN = 2000
/** Those who leave at once wait so long for a reply, ms. */
const LAST_WAIT = 300
/** Terminals that would show the questions, or hang in them. */
const SILENT = /^(dumb|linux|vt\d+|cons\d+|unknown)/

/** Whether the background is dark or light, and whenever that changes. */
export function askBackground(
  {stdin, stdout, noColor}: Terminal,
  env: Readonly<Record<string, string | undefined>>,
  found: (background: Background) => void,
): AskedBackground {
  if (noColor || env['NO_COLOR'] || SILENT.test(env['TERM'] ?? 'unknown'))
    return {stdin, ask: () => {}, leave: async () => {}}
  let askedAt: number | undefined
  let reporting = false
  const replies = createReplies({
    background: found,
    reports: () => {
      reporting = true
      stdout.write(REPORT_CHANGES)
    },
  })
  return {
    stdin: withoutReplies(stdin, replies),
    ask: () => {
      askedAt = performance.now()
      stdout.write(QUESTIONS)
    },
    async leave() {
      if (reporting) stdout.write(REPORT_NOTHING)
      if (askedAt === undefined || replies.isSettled() || performance.now() - askedAt > ANSWERED_WITHIN) return
      const deadline = Promise.withResolvers<void>()
      const timer = setTimeout(deadline.resolve, LAST_WAIT)
      await Promise.race([replies.settled, deadline.promise])
      clearTimeout(timer)
    },
  }
}
