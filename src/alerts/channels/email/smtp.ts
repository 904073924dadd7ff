import net from 'node:net'
import tls from 'node:tls'
import {escapeLine} from '../../../text/escape.ts'

/** Of one answer; a server that says more is none. */
const ANSWER_LIMIT = 64 * 1024

interface Answer {
  readonly code: number
  /** Its lines, without the code. */
  readonly lines: readonly string[]
}

/** One conversation with a mail server (RFC 5321): a command, an answer. */
export interface SmtpConnection {
  /** Rejects unless the answer has one of these codes. `shown` stands for a command that nobody should read. */
  ask(command: string, codes: readonly number[], shown?: string): Promise<Answer>
  /** The greeting, which nobody asked for. */
  greeted(): Promise<Answer>
  /** The same conversation, encrypted from now on. */
  secured(options: tls.ConnectionOptions): Promise<SmtpConnection>
  close(): void
}

export async function connectSmtp(
  {host, port}: {readonly host: string; readonly port: number},
  {secure, signal}: {readonly secure: tls.ConnectionOptions | undefined; readonly signal: AbortSignal},
): Promise<SmtpConnection> {
  signal.throwIfAborted()
  const socket =
    secure === undefined ? net.connect({host, port}) : tls.connect({host, port, ...namedFor(host), ...secure})
  return established(socket, {event: secure === undefined ? 'connect' : 'secureConnect', host, signal})
}

/** An address has no name that a certificate could be asked for by SNI. */
const namedFor = (host: string): tls.ConnectionOptions => (net.isIP(host) ? {} : {servername: host})

async function established(
  socket: net.Socket,
  {event, host, signal}: {readonly event: string; readonly host: string; readonly signal: AbortSignal},
): Promise<SmtpConnection> {
  // One that is cut off while it becomes encrypted can fail twice, and an error that nobody hears ends the process.
  socket.on('error', () => undefined)
  const cut = (): void => void socket.destroy(signal.reason as Error)
  if (signal.aborted) cut()
  signal.addEventListener('abort', cut, {once: true})
  socket.once('close', () => signal.removeEventListener('abort', cut))
  await new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve())
    socket.once('error', reject)
    socket.once('close', () => reject(whyClosed(signal)))
  })
  return converse(socket, {host, signal})
}

const whyClosed = (signal: AbortSignal): Error =>
  signal.aborted ? (signal.reason as Error) : new Error('the mail server closed the connection')

function converse(
  socket: net.Socket,
  {host, signal}: {readonly host: string; readonly signal: AbortSignal},
): SmtpConnection {
  let text = ''
  let failed: Error | undefined
  let wake: () => void = () => undefined
  const onData = (chunk: Buffer): void => {
    text += chunk.toString('latin1')
    if (text.length > ANSWER_LIMIT) socket.destroy(new Error('the mail server says too much'))
    wake()
  }
  const onEnd = (error?: unknown): void => {
    failed ??= error instanceof Error ? error : whyClosed(signal)
    wake()
  }
  socket.on('data', onData).on('error', onEnd).on('close', onEnd)
  const next = async (): Promise<Answer> => {
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(text)?.[0]
      if (whole !== undefined) {
        text = text.slice(whole.length)
        const lines = whole.trimEnd().split(/\r?\n/)
        return {code: Number(whole.slice(0, 3)), lines: lines.map(line => line.slice(4))}
      }
      if (failed) throw failed
      await new Promise<void>(resolve => (wake = resolve))
    }
  }
  return {
    greeted: () => next().then(answer => expectCode(answer, [220], 'the connection')),
    async ask(command, codes, shown = command) {
      socket.write(`${command}\r\n`)
      return expectCode(await next(), codes, shown.split('\r\n', 1)[0] ?? '')
    },
    async secured(options) {
      for (const [event, listener] of [
        ['data', onData],
        ['error', onEnd],
        ['close', onEnd],
      ] as const)
        socket.off(event, listener)
      // What was said before the encryption could come from anybody.
      if (text !== '') throw new Error('the mail server said something before the encryption began')
      // An address is no name to ask for, and still what the certificate must be for: else it would be `localhost`.
      const secure = tls.connect({socket, host, ...namedFor(host), ...options})
      return established(secure, {event: 'secureConnect', host, signal})
    },
    close() {
      socket.end()
      socket.destroy()
    },
  }
}

function expectCode(answer: Answer, codes: readonly number[], command: string): Answer {
  if (codes.includes(answer.code)) return answer
  const said = escapeLine(answer.lines.join(' '), 160)
  throw new Error(`the mail server answered ${answer.code} to ${escapeLine(command, 60)}: ${said}`)
}
