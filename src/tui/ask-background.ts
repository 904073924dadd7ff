import type {Receipts} from './paint/receipts.ts'
import {createReplies, QUESTIONS, REPORT_CHANGES, REPORT_NOTHING, withoutReplies} from './terminal-replies.ts'
import type {Background} from './themes.ts'
import {wholeKeys} from './whole-keys.ts'

interface Terminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly noColor?: boolean
}

export interface AskedBackground {
  /** The input without the replies. */
  readonly stdin: NodeJS.ReadStream
  /** Asks, once keys are no longer shown; nothing waits for the answer. Before a picture: its answer does not wait for that. */
  readonly ask: () => void
  /** Before the terminal is given to somebody else: a reply that is still on its way is not left to them. */
  settle(): Promise<void>
  /** The same before it is given back for good. */
  leave(): Promise<void>
}

/** A terminal that has not answered by then does not answer, ms. */
const ANSWERED_WITHIN = 2000
/** Those who leave at once wait so long for a reply, ms. */
const LAST_WAIT = 1000
/** The same where the link is slow, or the terminal has answered before: then only a link that is cut stays silent. */
const SLOW_LAST_WAIT = 10_000
/** On a slow link the rest of a key may take so long, ms. */
const SLOW_KEY_MS = 200
/** Terminals that would show the questions, or hang in them. */
const SILENT = /^(dumb|linux|vt\d+|cons\d+|unknown)/

/** Whether the background is dark or light, and whenever that changes; and the answers by which a slow link is known. */
export function askBackground(
  {stdin, stdout, noColor}: Terminal,
  env: Readonly<Record<string, string | undefined>>,
  on: {found(background: Background): void; readonly receipts: Receipts},
): AskedBackground {
  const {receipts} = on
  const whole = wholeKeys(stdin, () => (receipts.isSlow() ? SLOW_KEY_MS : 0))
  const asks = !noColor && !env['NO_COLOR'] && !SILENT.test(env['TERM'] ?? 'unknown')
  let askedAt = Number.POSITIVE_INFINITY
  let reporting = false
  const since = (at: number): number => performance.now() - at
  const replies = createReplies({
    background: background => on.found(background),
    reports: () => {
      reporting = true
      stdout.write(REPORT_CHANGES)
    },
    receipt: () => receipts.arrived(),
  })
  const settle = async (): Promise<void> => {
    const answers = replies.isSettled() || receipts.isAnswered()
    const wait = receipts.isSlow() && (answers || since(askedAt) < SLOW_LAST_WAIT) ? SLOW_LAST_WAIT : LAST_WAIT
    await receipts.settled(wait)
    if (replies.isSettled() || !(since(askedAt) < ANSWERED_WITHIN)) return
    const deadline = Promise.withResolvers<void>()
    const timer = setTimeout(deadline.resolve, wait)
    await Promise.race([replies.settled, deadline.promise])
    clearTimeout(timer)
  }
  return {
    stdin: withoutReplies(whole, replies),
    ask: () => {
      if (!asks) return
      askedAt = performance.now()
      stdout.write(QUESTIONS)
    },
    settle,
    async leave() {
      if (reporting) stdout.write(REPORT_NOTHING)
      await settle()
    },
  }
}

/** Whether a terminal of this name is asked for receipts. */
export const givesReceipts = (term: string | undefined): boolean => !/^(dumb|cons\d+|unknown)/.test(term ?? 'unknown')
