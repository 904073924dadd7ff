import {connect} from 'node:net'
import {messageOf, OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'

const MOST_BYTES = 8 * 1024 * 1024

/** One line to the runtime API and its whole answer. Raises `traffic/unreachable`. */
export function ask(path: string, command: string, signal: AbortSignal, timeoutMs = 5_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({path})
    const pieces: Buffer[] = []
    let bytes = 0
    let done = false
    const end = (failure?: unknown): void => {
      if (done) return
      done = true
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      if (failure === undefined) resolve(Buffer.concat(pieces).toString('utf8'))
      else reject(unreachable(path, failure))
    }
    const onAbort = (): void => end(signal.reason ?? new Error('stopped'))
    const timer = setTimeout(() => end(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, {once: true})
    socket.on('connect', () => socket.write(`${command}\n`))
    socket.on('data', piece => {
      bytes += piece.length
      if (bytes > MOST_BYTES) end(new Error('the answer is too long'))
      else pieces.push(piece)
    })
    socket.on('end', () => (bytes === 0 ? end(new Error('the connection was closed without an answer')) : end()))
    socket.on('error', end)
    socket.on('close', () => end(new Error('the connection was closed')))
  })
}

function unreachable(path: string, cause: unknown): OpsError {
  return new OpsError(
    'traffic/unreachable',
    `HAProxy at ${path} did not answer: ${escapeLine(messageOf(cause), 300)}`,
    {
      cause,
      hint: 'Is HAProxy running, and may this user write to its stats socket?',
    },
  )
}
